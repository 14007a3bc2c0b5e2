import { expect, it } from 'vitest'
import { loadJose, loadOpenidClient, loaded } from '../../src/oauth/libraries.ts'

const failing = (code: string) => (): Promise<never> => Promise.reject(Object.assign(new Error('x'), { code }))

it('says what to install where a library is not there', async () => {
  for (const code of ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']) {
    await expect(loaded('openid-client', failing(code))).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('npm install openid-client@6'),
    })
  }
})

it('says how to run Jest where it cannot load an ES module', async () => {
  await expect(loaded('jose', failing('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG'))).rejects.toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringContaining('--experimental-vm-modules'),
  })
})

it('passes on any other failure, and gives what is there', async () => {
  await expect(loaded('jose', failing('EACCES'))).rejects.toMatchObject({ code: 'EACCES' })
  expect((await loadOpenidClient()).Configuration).toBeTypeOf('function')
  expect((await loadJose()).SignJWT).toBeTypeOf('function')
})
