export { askForTokens } from './token-endpoint.ts'
export { serverOf } from './server.ts'
