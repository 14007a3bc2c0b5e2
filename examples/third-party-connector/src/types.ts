/** A passage between two ports. */
export interface Sailing {
  readonly id: string
  readonly from: string
  readonly to: string
}

/** Which sailings are listed, and how many on a page. */
export interface ListSailings {
  readonly from?: string
  readonly limit?: number
}

/** A place on a sailing. */
export interface Booking {
  readonly id: string
  readonly sailing: string
  readonly cars: number
}

/** What a new booking is made of. */
export interface NewBooking {
  readonly sailing: string
  readonly cars: number
}
