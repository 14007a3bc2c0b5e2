import { HawserError } from 'hawser'

/** A cassette was not written: a secret would have stood in it. `places` says where, and never which. */
export class CassetteSecretError extends HawserError {
  override readonly code = 'CASSETTE_SECRET'
  /** Such as `GET https://api.vendor.example/things: response.body.base64`. */
  readonly places: readonly string[]
  override get name(): string {
    return 'CassetteSecretError'
  }

  constructor(places: readonly string[]) {
    super(`The cassette was not written: a known secret stands in ${places.join('; ')}. Leave it out with \`change\`.`)
    this.places = places
  }
}
