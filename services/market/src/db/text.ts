/** Text: what PostgreSQL can keep of it. */

/** Zero characters and halves of characters have no place in a database. */
export const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()
