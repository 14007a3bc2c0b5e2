/** Runs something in the next turn of the event loop, also where a test has put fake timers in the place of the real ones. */
export const nextTurn: (then: () => void) => unknown = setImmediate
