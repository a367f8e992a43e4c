import type { User } from "../../../src/accounts/user.ts";
import { operator } from "../../../src/policy.ts";
import { type DatabaseKind, form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { cookiesFrom, type ReadPage, readPage } from "../read-page.ts";

type Fields = Record<string, string>;

/** A site with a signed-in administrator, in whose name requests are made unless another cookie is given. */
export class AdminSite {
  readonly world: World;
  readonly #admin: string;

  private constructor(world: World, admin: string) {
    this.world = world;
    this.#admin = admin;
  }

  static async open(database: DatabaseKind): Promise<AdminSite> {
    const world = await openTestApp({ database });
    return new AdminSite(world, await world.signIn(world.people.admin));
  }

  close(): Promise<void> {
    return this.world.close();
  }

  get(path: string, cookie = this.#admin): Promise<Response> {
    return this.world.request(path, { headers: { cookie } });
  }

  post(path: string, fields: Fields, cookie = this.#admin): Promise<Response> {
    return this.world.request(path, form(fields, cookie));
  }

  async pageAt(path: string, cookie = this.#admin): Promise<ReadPage> {
    return await readPage(await this.get(path, cookie));
  }

  async isSignedIn(cookie: string): Promise<boolean> {
    return (await this.get("/profile", cookie)).status === 200;
  }

  find(username: string): Promise<User | null> {
    return this.world.app.accounts.users.findByUsername(username);
  }

  /** Creates a user. */
  join(username: string, input: { role?: "administrator" } = {}): Promise<User> {
    return this.world.app.accounts.users.create(operator, {
      username,
      password: PASSWORD,
      ...input,
    });
  }

  /** Follows the redirect after a post. */
  async follow(response: Response): Promise<[location: string | null, page: ReadPage]> {
    const location = response.headers.get("location");
    const cookie = [this.#admin, cookiesFrom(response)].filter((each) => each !== "").join("; ");
    return [location, await this.pageAt(location ?? "/", cookie)];
  }
}
