/** Database: where a devnet of the tests keeps what it knows. */
import { freshDatabase } from '@traboule/service-kit/testing'

/** A database on the server of DATABASE_URL, if there is one: it starts sooner than embedded ones. */
export async function onServer(stack: AsyncDisposableStack): Promise<string | undefined> {
  return process.env.DATABASE_URL ? stack.use(await freshDatabase()).url : undefined
}
