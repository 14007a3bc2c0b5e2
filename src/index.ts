export { HawserError } from './errors.ts'
