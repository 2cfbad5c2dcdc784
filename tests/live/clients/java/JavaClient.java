// Apache Kafka's own client as a client of the tests.

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class JavaClient {
  static final int IN_FLIGHT_MAX = 500;
  static final long PATIENCE_MS = 60_000;

  static int produce(String[] words) throws Exception {
    String topic = words[2];
    String prefix = words[3];
    long rate = Long.parseLong(words[6]);
    Map<String, Object> configs = Map.of("bootstrap.servers", words[1], "compression.type", words[4],
        "acks", "all", "enable.idempotence", words[5].equals("idempotent"));
    AtomicInteger failed = new AtomicInteger();
    AtomicInteger inFlight = new AtomicInteger();
    ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    try (var producer = new KafkaProducer<>(configs, new StringSerializer(), new StringSerializer())) {
      long begun = System.nanoTime();
      // A pipe that has ended still tells of 0 bytes available: a thread of its own waits for the end.
      Thread end = new Thread(() -> {
        try {
          while (System.in.read() >= 0) {}
        } catch (java.io.IOException e) {
          System.err.println(e);
        }
      });
      end.setDaemon(true);
      end.start();
      for (long sent = 0; end.isAlive();) {
        if (sent >= (System.nanoTime() - begun) / 1e9 * rate || inFlight.get() >= IN_FLIGHT_MAX) {
          flush(acknowledged);
          Thread.sleep(1);
          continue;
        }
        String value = prefix + "-" + sent++ + "-" + "x".repeat(64);
        inFlight.incrementAndGet();
        producer.send(new ProducerRecord<>(topic, value), (metadata, error) -> {
          inFlight.decrementAndGet();
          if (error == null) {
            acknowledged.add(value + " " + metadata.partition() + " " + metadata.offset());
          } else {
            failed.incrementAndGet();
            System.err.println(error);
          }
        });
      }
    }
    flush(acknowledged);
    return failed.get() == 0 ? 0 : 1;
  }

  static void flush(ConcurrentLinkedQueue<String> lines) {
    for (String line = lines.poll(); line != null; line = lines.poll()) {
      System.out.println(line);
    }
    System.out.flush();
  }

  static int consume(String[] words) {
    long count = Long.parseLong(words[3]);
    long end = System.currentTimeMillis() + PATIENCE_MS;
    Map<String, Object> configs = Map.of("bootstrap.servers", words[1]);
    try (var consumer =
             new KafkaConsumer<>(configs, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = consumer.partitionsFor(words[2]).stream()
          .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long read = 0;
      while (System.currentTimeMillis() < end) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          ++read;
          System.out.println(record.value() + " " + record.partition() + " " + record.offset());
        }
        if (read >= count && consumer.endOffsets(partitions).entrySet().stream()
            .allMatch(e -> consumer.position(e.getKey()) >= e.getValue())) {
          break;
        }
      }
    }
    return 0;
  }

  public static void main(String[] words) throws Exception {
    if (words.length == 7 && words[0].equals("produce")) {
      System.exit(produce(words));
    }
    if (words.length == 4 && words[0].equals("consume")) {
      System.exit(consume(words));
    }
    System.err.println("JavaClient produce BOOTSTRAP TOPIC PREFIX CODEC idempotent|plain RATE");
    System.err.println("JavaClient consume BOOTSTRAP TOPIC COUNT");
    System.exit(3);
  }
}
