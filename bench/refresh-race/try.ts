import { race } from './race.ts'
const base = { accessTokenMs: 500, durationMs: 6000, processes: 4, callers: 3, leaseMs: 5000, seed: 1 }
console.log('strict', await race({ ...base, rotation: 'strict' }))
console.log('strict pauses', await race({ ...base, rotation: 'strict', pauses: true }))
console.log('ufu crash', await race({ ...base, rotation: 'until-first-use', crash: 0.15 , leaseMs: 1000}))
