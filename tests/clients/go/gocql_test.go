//go:build !apache

package clients

import "github.com/gocql/gocql"

// Of version 5 it knows nothing but the number.
var versions = []int{3, 4}

var compressors = map[int]gocql.Compressor{4: gocql.SnappyCompressor{}}
