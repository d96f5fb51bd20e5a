//go:build apache

package clients

import (
	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"github.com/apache/cassandra-gocql-driver/v2/lz4"
	"github.com/apache/cassandra-gocql-driver/v2/snappy"
)

var versions = []int{3, 4, 5}

var compressors = map[int]gocql.Compressor{3: lz4.LZ4Compressor{}, 4: snappy.SnappyCompressor{}, 5: lz4.LZ4Compressor{}}
