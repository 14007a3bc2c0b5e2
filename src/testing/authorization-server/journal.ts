/** A request to the token endpoint, with all its secrets: this is a test. */
export interface TokenRequest {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly grantType: string
  readonly clientId: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** What was answered; absent while there is no answer, and where it was dropped. */
  readonly status?: number
  /** The error code that refused it, as the RFCs spell it, whatever the vendor's dialect. */
  readonly error?: string
  /** The kind of the fault that struck it. */
  readonly fault?: string
}

/** What happened, in numbers. */
export interface Counters {
  /** Refreshes that gave tokens, those whose answer was lost included. */
  readonly refreshes: number
  /** Those of them that a used refresh token got, within the tolerance of the rotation. */
  readonly reissues: number
  /** The most refreshes of one connection that were under way at the same time. */
  readonly maxParallelRefreshes: number
  /** How often a used refresh token or a used code came again, where it should not. */
  readonly reuseDetections: number
  /** How many grants ended with all their tokens. */
  readonly familiesRevoked: number
  /** Token requests by `grant_type`. */
  readonly requests: Readonly<Record<string, number>>
}

/** What a server writes down. */
export interface Journal {
  readonly requests: readonly TokenRequest[]
  readonly refreshes: number
  readonly reissues: number
  readonly maxParallelRefreshes: number
  readonly reuseDetections: number
  /** Writes down a request; what is returned adds what becomes of it. */
  open(request: TokenRequest): (outcome: Pick<TokenRequest, 'clientId' | 'status' | 'error' | 'fault'>) => void
  /** Counts a refresh that is under way, until the returned function is called. */
  refreshing(grantId: string): () => void
  refreshed(reissued: boolean): void
  reused(): void
}

/** Makes an empty journal. */
export function newJournal(): Journal {
  const requests: TokenRequest[] = []
  const underWay = new Map<string, number>()
  let refreshes = 0
  let reissues = 0
  let maxParallelRefreshes = 0
  let reuseDetections = 0
  return {
    requests,
    get refreshes() {
      return refreshes
    },
    get reissues() {
      return reissues
    },
    get maxParallelRefreshes() {
      return maxParallelRefreshes
    },
    get reuseDetections() {
      return reuseDetections
    },
    open(request) {
      const at = requests.push(request) - 1
      return (outcome) => {
        requests[at] = { ...(requests[at] ?? request), ...outcome }
      }
    },
    refreshing(grantId) {
      const parallel = (underWay.get(grantId) ?? 0) + 1
      underWay.set(grantId, parallel)
      maxParallelRefreshes = Math.max(maxParallelRefreshes, parallel)
      return () => underWay.set(grantId, (underWay.get(grantId) ?? 1) - 1)
    },
    refreshed(reissued) {
      refreshes++
      if (reissued) reissues++
    },
    reused: () => void reuseDetections++,
  }
}
