// kafkajs as a client of the tests. It consumes in groups only; so another client reads back.

import { produce, run } from './pacing.mjs'
import kafkajs from 'kafkajs'

const { CompressionTypes, Kafka, Partitioners, logLevel } = kafkajs
const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP }

await run(async ({ bootstrap, topic, codec, idempotent, paced }) => {
  if (!(codec in codecs)) {
    throw new Error(`kafkajs has no codec ${codec}`)
  }
  const kafka = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.ERROR,
    retry: { retries: 100, maxRetryTime: 1000 } })
  const producer = kafka.producer({ idempotent, maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const code = await produce(paced, async values => {
    // It tells the first offset of each partition's part, not which record went where.
    await producer.send({ topic, acks: -1, compression: codecs[codec],
      messages: values.map(value => ({ value })) })
  })
  await producer.disconnect()
  return code
})
