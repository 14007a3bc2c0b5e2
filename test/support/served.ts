import type { Simulator } from 'hawser/testing'
import { loopback, type Loopback } from './loopback.ts'

/** Puts a simulator on a real socket. Where it fails, the connection breaks. */
export async function served(simulator: Simulator): Promise<Loopback> {
  return loopback((incoming, outgoing, body) => {
    const { method = 'GET', url = '/', headers } = incoming
    const request = new Request(new URL(url, `http://${headers.host ?? ''}`), {
      method,
      headers: Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
      ...(body.length > 0 && { body }),
    })
    const answer = async (): Promise<void> => {
      const response = (await simulator.respond(request)) ?? new Response(null, { status: 404 })
      outgoing.writeHead(response.status, [...response.headers].flat())
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    }
    answer().catch(() => incoming.socket.resetAndDestroy())
  })
}
