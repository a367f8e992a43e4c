import brite from "bootswatch/dist/brite/bootstrap.min.css" with { type: "file" };
import cerulean from "bootswatch/dist/cerulean/bootstrap.min.css" with { type: "file" };
import cosmo from "bootswatch/dist/cosmo/bootstrap.min.css" with { type: "file" };
import cyborg from "bootswatch/dist/cyborg/bootstrap.min.css" with { type: "file" };
import darkly from "bootswatch/dist/darkly/bootstrap.min.css" with { type: "file" };
import flatly from "bootswatch/dist/flatly/bootstrap.min.css" with { type: "file" };
import journal from "bootswatch/dist/journal/bootstrap.min.css" with { type: "file" };
import litera from "bootswatch/dist/litera/bootstrap.min.css" with { type: "file" };
import lumen from "bootswatch/dist/lumen/bootstrap.min.css" with { type: "file" };
import lux from "bootswatch/dist/lux/bootstrap.min.css" with { type: "file" };
import materia from "bootswatch/dist/materia/bootstrap.min.css" with { type: "file" };
import minty from "bootswatch/dist/minty/bootstrap.min.css" with { type: "file" };
import morph from "bootswatch/dist/morph/bootstrap.min.css" with { type: "file" };
import pulse from "bootswatch/dist/pulse/bootstrap.min.css" with { type: "file" };
import quartz from "bootswatch/dist/quartz/bootstrap.min.css" with { type: "file" };
import sandstone from "bootswatch/dist/sandstone/bootstrap.min.css" with { type: "file" };
import simplex from "bootswatch/dist/simplex/bootstrap.min.css" with { type: "file" };
import sketchy from "bootswatch/dist/sketchy/bootstrap.min.css" with { type: "file" };
import slate from "bootswatch/dist/slate/bootstrap.min.css" with { type: "file" };
import solar from "bootswatch/dist/solar/bootstrap.min.css" with { type: "file" };
import spacelab from "bootswatch/dist/spacelab/bootstrap.min.css" with { type: "file" };
import superhero from "bootswatch/dist/superhero/bootstrap.min.css" with { type: "file" };
import united from "bootswatch/dist/united/bootstrap.min.css" with { type: "file" };
import vapor from "bootswatch/dist/vapor/bootstrap.min.css" with { type: "file" };
import yeti from "bootswatch/dist/yeti/bootstrap.min.css" with { type: "file" };
import zephyr from "bootswatch/dist/zephyr/bootstrap.min.css" with { type: "file" };
import type { Theme } from "../../../config/values/themes.ts";

/** Where each theme's stylesheet lies. Named one by one, so that the executable holds them all. */
export const themeFiles: Readonly<Record<Theme, string>> = {
  brite,
  cerulean,
  cosmo,
  cyborg,
  darkly,
  flatly,
  journal,
  litera,
  lumen,
  lux,
  materia,
  minty,
  morph,
  pulse,
  quartz,
  sandstone,
  simplex,
  sketchy,
  slate,
  solar,
  spacelab,
  superhero,
  united,
  vapor,
  yeti,
  zephyr,
};
