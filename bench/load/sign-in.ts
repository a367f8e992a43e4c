/** Signs in, without a user name as the administrator; returns the `Cookie` header. */
export async function signIn(port: number, password: string, username = ""): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/auth/login`, {
    method: "POST",
    body: new URLSearchParams({ ...(username !== "" && { username }), password }),
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (answer.status === 303 && cookie !== undefined) return cookie;
  throw new Error(`Signing in returned ${answer.status}.`);
}
