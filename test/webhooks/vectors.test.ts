import { expect, it } from 'vitest'
import {
  schemes,
  verify,
  type SignatureScheme,
  type VerifyOptions,
  type WebhookRequest,
  type WebhookSecret,
} from '../../src/webhooks/index.ts'

// What vendors publish, in their documentation or in the tests of their own libraries.
interface Vector extends Partial<WebhookRequest>, Omit<VerifyOptions, 'secrets'> {
  readonly scheme: SignatureScheme
  readonly secret: WebhookSecret
  readonly headers?: Record<string, string>
  readonly body: string
}

const hubspotSecret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy'
const twilioForm = 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212'
const twilioUrl = 'https://mycompany.com/myapp.php?foo=1&bar=2'
const birdSecret = '36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb'
const boxHeaders = {
  'box-delivery-id': 'f',
  'box-delivery-timestamp': '2020-01-01T00:00:00-07:00',
  'box-signature-algorithm': 'HmacSHA256',
  'box-signature-version': '1',
}
const boxNow = new Date('2020-01-01T00:00:00-07:00')
const boxBody =
  '{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"Test.txt"}}'
const birdNow = new Date('2021-07-05T12:00:00+02:00')

const vectors: Readonly<Record<string, Vector>> = {
  'Standard Webhooks, specification': {
    scheme: schemes.standardWebhooks,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    now: 1614265330_000,
  },
  'Svix, manual verification': {
    scheme: schemes.svix,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: {
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature':
        'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    now: 1614265330_000,
  },
  'GitHub, documentation': {
    scheme: schemes.github,
    secret: "It's a Secret to Everybody",
    headers: {
      'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
    body: 'Hello, World!',
  },
  'Bitbucket, documentation': {
    scheme: schemes.bitbucket,
    secret: "It's a Secret to Everybody",
    headers: { 'X-Hub-Signature': 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9' },
    body: 'Hello World!',
  },
  'Slack, documentation': {
    scheme: schemes.slack,
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    headers: {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    now: 1531420618_000,
  },
  'Twilio, form, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
    url: twilioUrl,
    body: twilioForm,
  },
  'Twilio, port stripped, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
    url: twilioUrl.replace('.com', '.com:1234'),
    body: twilioForm,
  },
  'Twilio, port 443 signed, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'kvajT1Ptam85bY51eRf/AJRuM3w=' },
    url: twilioUrl,
    body: twilioForm,
  },
  'Twilio, http port kept, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU=' },
    url: twilioUrl.replace('https', 'http').replace('.com', '.com:1234'),
    body: twilioForm,
  },
  'Twilio, user in the URL and port 443, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=' },
    url: 'https://user:pass@mycompany.com/myapp.php?foo=1&bar=2',
    body: twilioForm,
  },
  'Twilio, escaped query, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'dsq4Ehbj6cs+KdTkpF5sSSplOWw=' },
    url: `${twilioUrl}&Body=It's+amazing`,
    body: twilioForm,
  },
  'Twilio, repeated values, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'IK+Dwps556ElfBT0I3Rgjkr1wJU=' },
    url: twilioUrl,
    body: 'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234',
  },
  'Twilio, JSON, twilio-node': {
    scheme: schemes.twilio,
    secret: '12345',
    headers: { 'x-twilio-signature': 'a9nBmqA0ju/hNViExpshrM61xv4=' },
    url: `${twilioUrl}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620`,
    body: '{"property": "value", "boolean": true}',
  },
  'HubSpot v1, hubspot-api-nodejs': {
    scheme: schemes.hubspotV1,
    secret: hubspotSecret,
    headers: { 'X-HubSpot-Signature': '232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de' },
    body: '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]',
  },
  'HubSpot v2, GET, hubspot-api-nodejs': {
    scheme: schemes.hubspotV2,
    secret: hubspotSecret,
    method: 'GET',
    url: 'https://www.example.com/webhook_uri',
    headers: { 'X-HubSpot-Signature': 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e' },
    body: '',
  },
  'HubSpot v2, POST, hubspot-api-nodejs': {
    scheme: schemes.hubspotV2,
    secret: hubspotSecret,
    method: 'POST',
    url: 'https://www.example.com/webhook_uri',
    headers: { 'X-HubSpot-Signature': '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900' },
    body: '{"example_field":"example_value"}',
  },
  'HubSpot v3, hubspot-api-python': {
    scheme: schemes.hubspot,
    secret: hubspotSecret,
    method: 'POST',
    url: 'https://www.example.com/webhook_uri',
    headers: {
      'X-HubSpot-Signature-v3': 'HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw=',
      'X-HubSpot-Request-Timestamp': '15000000',
    },
    body: "{'example_field':'example_value'}",
    now: 15000000,
  },
  'SendGrid, sendgrid-nodejs': {
    scheme: schemes.sendgrid,
    secret:
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==',
    headers: {
      'x-twilio-email-event-webhook-signature':
        'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=',
      'x-twilio-email-event-webhook-timestamp': '1588788367',
    },
    body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
    now: 1588788367_000,
  },
  'Adyen, adyen-node-api-library': {
    scheme: schemes.adyen,
    secret: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
    headers: {},
    body: JSON.stringify({
      notificationItems: [
        {
          NotificationRequestItem: {
            pspReference: 'pspReference',
            originalReference: 'originalReference',
            merchantAccountCode: 'merchantAccount',
            merchantReference: 'reference',
            amount: { currency: 'EUR', value: 1000 },
            eventCode: 'CAPTURE',
            success: 'true',
            additionalData: { hmacSignature: 'xhpHvYq2u2Np0rstbZ6QjLGu7JWhvf7Iwaa6EviJSX0=' },
          },
        },
      ],
    }),
  },
  'Plivo V1, plivo-node': {
    scheme: schemes.plivoV1,
    secret: 'MAXXXXXXXXXXXXXXXXXX',
    headers: { 'x-plivo-signature': 'EJEt0ELanhr8hjMPIJnLNLex0dE=' },
    url: 'http://foo.com/answer/',
    body: 'CallUUID=97ceeb52-58b6-11e1-86da-77300b68f8bb&Duration=300',
  },
  'Plivo V2, plivo-node': {
    scheme: schemes.plivoV2,
    secret: 'my_auth_token',
    headers: {
      'x-plivo-signature-v2': 'ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=',
      'x-plivo-signature-v2-nonce': '12345',
    },
    url: 'https://answer.url',
    body: '',
  },
  'Plivo V2 with a port, plivo-node': {
    scheme: schemes.plivoV2,
    secret: 'my_auth_token',
    headers: {
      'x-plivo-signature-v2': 'LDphWoWimP4QM5AoWI1uwP6WmlWtt5ITPZjXIWYvCNU=',
      'x-plivo-signature-v2-nonce': '24725744043720739450',
    },
    url: 'https://answer.url:8000',
    body: '',
  },
  ...Object.fromEntries(
    [
      ['hello world', 'secret', '734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a'],
      ['lalala', 'another-secret', 'daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00'],
      ['an-important-request-payload', 'hunter123', '9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa'],
    ].map(([body = '', secret = '', hex]) => [
      `CircleCI, documentation, ${body}`,
      { scheme: schemes.circleci, secret, headers: { 'circleci-signature': `v1=${hex},v2=x,v3=y` }, body },
    ]),
  ),
  'MessageBird, no payload': {
    scheme: schemes.messagebird,
    secret: birdSecret,
    url: 'https://example.com/',
    headers: {
      'messagebird-signature-jwt':
        'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E',
    },
    body: '',
    now: birdNow,
  },
  'MessageBird, query and payload': {
    scheme: schemes.messagebird,
    secret: birdSecret,
    url: 'https://example.com/path?bar=1&foo=2',
    headers: {
      'messagebird-signature-jwt':
        'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI5M2U1NTAwNi1hMGU4LTQ1MjYtYTE5MC1mYTVmZjAwZWExMTYiLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1NzJkOWNlZmEyNTdlZDc0YjI0MDA0YmFlNzUzZWNlNmMyNjAiLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0._H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKVWPRC5m9I',
    },
    body: 'Hello, World!',
    now: birdNow,
  },
  'MessageBird, HS512': {
    scheme: schemes.messagebird,
    secret: birdSecret,
    url: 'https://example.com/',
    headers: {
      'messagebird-signature-jwt':
        'eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.rd6r0iMyNGnVPCwurETphE3Y8rpAyvvnUK0S8WvGUkt2E1QSRAZ7NZJZBHw1Y_Wb5W-sK9HJr_PRL2vz4jRT3Q',
    },
    body: '',
    now: birdNow,
  },
  'Square, square-python-sdk': {
    scheme: schemes.square,
    secret: 'Ibxx_5AKakO-3qeNVR61Dw',
    url: 'https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9',
    headers: { 'x-square-hmacsha256-signature': 'GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=' },
    body: '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}',
  },
  'Square, a body that could be escaped, square-python-sdk': {
    scheme: schemes.square,
    secret: 'signature-key',
    url: 'https://webhook.site/webhooks',
    headers: { 'x-square-hmacsha256-signature': 'Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U=' },
    body: '{"data":{"type":"webhooks","id":">id<"}}',
  },
  'LINE, line-bot-sdk-nodejs': {
    scheme: schemes.line,
    secret: 'test_secret',
    headers: { 'x-line-signature': 't7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=' },
    body: '{"hello":"world"}',
  },
  'Pusher, pusher-http-node': {
    scheme: schemes.pusher,
    secret: { id: '123456789', secret: 'tofu' },
    headers: {
      'x-pusher-key': '123456789',
      'x-pusher-signature': 'c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5',
    },
    body: '{"time_ms":1403175510755,"events":[{"channel":"test_channel","name":"channel_vacated"}]}',
  },
  'Mux, mux-node-sdk': {
    scheme: schemes.mux,
    secret: 'SuperSecret123',
    headers: {
      'mux-signature':
        't=1565125718,v1=invalid-sig,v1=854ece4c22acef7c66b57d4e504153bc512595e8e9c772ece2a68150548c19a7',
    },
    body: '{"test":"body"}',
    now: 1565125718_000,
  },
  'Mux, white space in the body, mux-node-sdk': {
    scheme: schemes.mux,
    secret: 'SuperSecret123',
    headers: { 'mux-signature': 't=1565125718,v1=bd315c24bce1c2b8ad325696f26530c8ef7d7d830afb7c1381903705d04607be' },
    body: '{"test":{"nested":{"nanos":718234, "seconds":1691711005}}}',
    now: 1565125718_000,
  },
  'Box, primary key, box-python-sdk': {
    scheme: schemes.box,
    secret: 'SamplePrimaryKey',
    headers: { ...boxHeaders, 'box-signature-primary': '6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI=' },
    body: boxBody,
    now: boxNow,
  },
  'Box, secondary key, box-python-sdk': {
    scheme: schemes.box,
    secret: 'SampleSecondaryKey',
    headers: { ...boxHeaders, 'box-signature-secondary': 'v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo=' },
    body: boxBody,
    now: boxNow,
  },
  'Paddle, paddle-node-sdk': {
    scheme: schemes.paddle,
    secret: 'VALID_SECRET',
    headers: {
      'Paddle-Signature':
        'ts=1698796800;h1=28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261;h1=28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261;h2=RANDOM_HASH',
    },
    body: '{"data": "value"}',
    now: 1698796800_000,
  },
  'Finch, a list, finch-api-node': {
    scheme: schemes.finch,
    secret: '5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH',
    headers: {
      'finch-event-id': 'msg_2Lh9KRb0pzN4LePd3XiA4v12Axj',
      'finch-timestamp': '1676312382',
      'finch-signature': 'v1,bXlfc2ln v1,m7y0TV2C+hlHxU42wCieApTSTaA8/047OAplBqxIV/s=',
    },
    body: '{"company_id":"720be419-0293-4d32-a707-32179b0827ab"}',
    now: 1676312382_000,
  },
  'Onfido, onfido-node': {
    scheme: schemes.onfido,
    secret: '_ABC123abc123ABC123abc123ABC123_',
    headers: { 'X-SHA2-Signature': 'a0082d7481f9f0a2907583dbe1f344d6d4c0d9989df2fd804f98479f60cd760e' },
    body: '{"payload":{"resource_type":"check","action":"check.completed","object":{"id":"check-123","status":"complete","completed_at_iso8601":"2020-01-01T00:00:00Z","href":"https://api.onfido.com/v3/checks/check-123"}}}',
  },
  'Razorpay, razorpay-node': {
    scheme: schemes.razorpay,
    secret: '123456',
    headers: { 'X-Razorpay-Signature': '2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc' },
    body: '{"a":1,"b":2,"c":{"d":3}}',
  },
  'Convoy, SHA-512, convoy': {
    scheme: schemes.convoySha512Base64,
    secret: 'Convoy',
    headers: {
      'X-Convoy-Signature': 'gzBjgvU2HTU1HW3kWZjyO1L0C8+Wvv5OkvE3wPG/SnEZOIsjjY+dUCrHfm8aiEmkd4JyZn7YjVMMrIBQvR/uLQ==',
    },
    body: 'Test Payload Body',
  },
  'Cloudinary, cloudinary_npm': {
    scheme: schemes.cloudinary,
    secret: 'shhh',
    headers: { 'X-Cld-Timestamp': '1417727468', 'X-Cld-Signature': 'bac927006d3ce039ef7632e2c03189348d02924a' },
    body: '{"public_id":"117e5550-7bfa-11e4-80d7-f962166bd3be","version":1417727468}',
    now: 1417727468_000,
  },
}

it.each(Object.entries(vectors))(
  'accepts the published vector: %s',
  (_, { scheme, secret, headers = {}, now, ...request }) => {
    const options: VerifyOptions = { secrets: ['another', secret].slice(-1), now }
    expect(verify(scheme, { headers, ...request }, options)).toMatchObject({ ok: true })
  },
)

it.each(Object.entries(vectors))('refuses the published vector with another body: %s', (name, vector) => {
  const { scheme, secret, headers = {}, now, ...request } = vector
  const body = name.startsWith('Adyen') ? vector.body.replace('1000', '1001') : `${vector.body}&x=1`
  const result = verify(scheme, { headers, ...request, body }, { secrets: [secret], now })
  expect(result.ok).toBe(scheme === schemes.plivoV2)
})

it('refuses the algorithm none of the published MessageBird set', () => {
  const token =
    'eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJNZXNzYWdlQmlyZCIsImlhdCI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.'
  const request = { url: 'https://example.com/', headers: { 'messagebird-signature-jwt': token }, body: '' }
  expect(verify(schemes.messagebird, request, { secrets: [birdSecret], now: birdNow }).ok).toBe(false)
  expect(verify(schemes.messagebird, request, { secrets: [], now: birdNow })).toEqual({
    ok: false,
    reason: 'no-secret',
  })
})
