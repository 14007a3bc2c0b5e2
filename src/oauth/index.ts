export { askForTokens } from './token-endpoint.ts'
