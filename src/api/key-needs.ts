import { scopesOf } from "../policy.ts";

/** The scopes of which a key needs one. */
export const SEE_LINKS = scopesOf["link.see"];
export const CREATE_FILES = scopesOf["link.create_with_content"];
export const CREATE_LINKS = [...scopesOf["link.create"], ...CREATE_FILES];
export const CHANGE_LINKS = scopesOf["link.edit"];
export const SEE_TAGS = scopesOf["tag.list"];
export const CHANGE_TAGS = scopesOf["tag.change"];
