export { fileTokenStore } from './file.ts'
export type { FileTokenStore, FileTokenStoreOptions } from './file.ts'
