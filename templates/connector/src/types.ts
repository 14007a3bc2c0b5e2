/** Whom a credential stands for. @see https://docs.acme.example/account */
export interface Account {
  readonly id: string
}

/** @see https://docs.acme.example/items */
export interface Item {
  readonly id: string
  readonly name: string
}

/** What a new item is made of. */
export interface NewItem {
  readonly name: string
}

/** Which items are listed, and how many on a page. */
export interface ListItems {
  readonly name?: string
  readonly limit?: number
}
