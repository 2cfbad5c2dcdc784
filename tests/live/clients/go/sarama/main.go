// sarama as a client of the tests.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

const patience = 60 * time.Second

var codecs = map[string]sarama.CompressionCodec{"none": sarama.CompressionNone,
	"gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
	"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func text(message *sarama.ProducerMessage) string {
	value, _ := message.Value.Encode()
	return fmt.Sprintln(string(value), message.Partition, message.Offset)
}

func produce(words []string) {
	rate, _ := strconv.ParseFloat(words[6], 64)
	config := sarama.NewConfig()
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Return.Successes = true
	config.Producer.Compression = codecs[words[4]]
	config.Producer.Retry.Max = 1000
	if words[5] == "idempotent" {
		config.Producer.Idempotent = true
		config.Net.MaxOpenRequests = 1
	}
	producer, err := sarama.NewAsyncProducer(strings.Split(words[1], ","), config)
	fail(err)
	ended := make(chan bool)
	go func() { io.Copy(io.Discard, os.Stdin); close(ended) }()
	failed := 0
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		for message := range producer.Successes() {
			os.Stdout.WriteString(text(message))
		}
	}()
	go func() {
		defer both.Done()
		for problem := range producer.Errors() {
			failed++
			fmt.Fprintln(os.Stderr, problem)
		}
	}()
	begun := time.Now()
	for sent, going := 0, true; going; {
		select {
		case <-ended:
			going = false
			continue
		default:
		}
		if float64(sent) >= time.Since(begun).Seconds()*rate {
			time.Sleep(time.Millisecond)
			continue
		}
		value := fmt.Sprintf("%s-%d-%s", words[3], sent, strings.Repeat("x", 64))
		producer.Input() <- &sarama.ProducerMessage{Topic: words[2], Value: sarama.StringEncoder(value)}
		sent++
	}
	producer.AsyncClose()
	both.Wait()
	if failed > 0 {
		os.Exit(1)
	}
}

func consume(words []string) {
	count, _ := strconv.Atoi(words[3])
	consumer, err := sarama.NewConsumer(strings.Split(words[1], ","), sarama.NewConfig())
	fail(err)
	partitions, err := consumer.Partitions(words[2])
	fail(err)
	all := make(chan *sarama.ConsumerMessage)
	for _, partition := range partitions {
		one, err := consumer.ConsumePartition(words[2], partition, sarama.OffsetOldest)
		fail(err)
		go func() {
			for message := range one.Messages() {
				all <- message
			}
		}()
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	late := time.After(patience)
	for read := 0; read < count; read++ {
		select {
		case message := <-all:
			fmt.Fprintln(out, string(message.Value), message.Partition, message.Offset)
		case <-late:
			return
		}
	}
}

func main() {
	words := os.Args[1:]
	switch {
	case len(words) == 7 && words[0] == "produce":
		produce(words)
	case len(words) == 4 && words[0] == "consume":
		consume(words)
	default:
		fmt.Fprintln(os.Stderr, "sarama produce BOOTSTRAP TOPIC PREFIX CODEC idempotent|plain RATE\n"+
			"sarama consume BOOTSTRAP TOPIC COUNT")
		os.Exit(3)
	}
}
