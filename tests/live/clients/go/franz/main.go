// franz-go as a client of the tests.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	inFlightMax = 500
	patience    = 60 * time.Second
)

var codecs = map[string]kgo.CompressionCodec{"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func client(options ...kgo.Opt) *kgo.Client {
	made, err := kgo.NewClient(options...)
	if err != nil {
		fail(err)
	}
	return made
}

func produce(words []string) {
	rate, _ := strconv.ParseFloat(words[6], 64)
	options := []kgo.Opt{kgo.SeedBrokers(strings.Split(words[1], ",")...),
		kgo.DefaultProduceTopic(words[2]), kgo.ProducerBatchCompression(codecs[words[4]]),
		kgo.MaxBufferedRecords(inFlightMax)}
	if words[5] != "idempotent" {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	producer := client(options...)
	ended := make(chan bool)
	go func() { io.Copy(io.Discard, os.Stdin); close(ended) }()
	var lock sync.Mutex
	failed := 0
	out := bufio.NewWriter(os.Stdout)
	report := func(record *kgo.Record, err error) {
		lock.Lock()
		defer lock.Unlock()
		if err != nil {
			failed++
			fmt.Fprintln(os.Stderr, err)
			return
		}
		fmt.Fprintln(out, string(record.Value), record.Partition, record.Offset)
	}
	begun := time.Now()
	for sent := 0; ; {
		select {
		case <-ended:
			if err := producer.Flush(context.Background()); err != nil {
				fail(err)
			}
			lock.Lock()
			defer lock.Unlock()
			out.Flush()
			if failed > 0 {
				os.Exit(1)
			}
			return
		default:
		}
		if float64(sent) >= time.Since(begun).Seconds()*rate {
			lock.Lock()
			out.Flush()
			lock.Unlock()
			time.Sleep(time.Millisecond)
			continue
		}
		value := fmt.Sprintf("%s-%d-%s", words[3], sent, strings.Repeat("x", 64))
		producer.Produce(context.Background(), kgo.StringRecord(value), report)
		sent++
	}
}

func consume(words []string) {
	count, _ := strconv.Atoi(words[3])
	consumer := client(kgo.SeedBrokers(strings.Split(words[1], ",")...), kgo.ConsumeTopics(words[2]),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer consumer.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for read := 0; read < count && ctx.Err() == nil; {
		consumer.PollFetches(ctx).EachRecord(func(record *kgo.Record) {
			read++
			fmt.Fprintln(out, string(record.Value), record.Partition, record.Offset)
		})
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
		fmt.Fprintln(os.Stderr, "franz produce BOOTSTRAP TOPIC PREFIX CODEC idempotent|plain RATE\n"+
			"franz consume BOOTSTRAP TOPIC COUNT")
		os.Exit(3)
	}
}
