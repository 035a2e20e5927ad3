package effective_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/implycheck/implycheck/conf/effective"
	"github.com/implycheck/implycheck/schema"
)

func TestSameMeaning(t *testing.T) {
	for _, c := range []struct {
		key     string
		release schema.Release
		a, b    string
		same    bool
	}{
		{"druid.processing.buffer.sizeBytes", 28, "512MiB", "536870912", true},
		{"druid.processing.buffer.sizeBytes", 28, "1g", "1000000000", true},
		{"druid.processing.buffer.sizeBytes", 28, "1GiB", "1g", false},
		{"druid.processing.buffer.sizeBytes", 15, "512MiB", "536870912", false}, // refused before 0.20
		{"druid.server.http.numThreads", 28, " 40 ", "40", true},
		{"druid.processing.numThreads", 15, "7 ", "7", false}, // config-magic refuses the blank
		{"druid.sql.enable", 28, "True", "true", true},
		{"druid.sql.enable", 28, "yes", "true", false},
		{"druid.server.http.maxIdleTime", 28, "PT5M", "PT300S", true},
		{"druid.server.http.maxIdleTime", 28, "P1D", "pt24h", true},
		{"druid.server.http.maxIdleTime", 28, "P1M", "PT1M", false},
		{"druid.extensions.loadList", 28, `["b", "a"]`, `["a","b","a"]`, true},
		{"druid.extensions.loadList", 28, `["a"]`, `["a","b"]`, false},
		{"druid.auth.authenticatorChain", 28, `["b", "a"]`, `["a","b"]`, false}, // asked in this order
		{"druid.segmentCache.locations", 28, `[{"path":"a", "maxSize":1}]`, `[{"maxSize":1,"path":"a"}]`, true},
		{"druid.segmentCache.locations", 28, `[{"path":"a"},{"path":"b"}]`, `[{"path":"b"},{"path":"a"}]`, false},
		{"druid.router.tierToBrokerMap", 28, `{"hot":"h","cold":"c"}`, `{ "hot": "h", "cold": "c" }`, true},
		{"druid.router.tierToBrokerMap", 28, `{"hot":"h","cold":"c"}`, `{"cold":"c","hot":"h"}`, false}, // its order is its meaning
		{"druid.zk.service.host", 28, "zk2:2181,zk1:2181/druid", "zk1:2181,zk2:2181/druid", true},
		{"druid.zk.service.host", 28, "zk1,zk2/druid", "zk1,zk2/other", false},
		{"druid.emitter.logging.logLevel", 28, "debug", "DEBUG", true},
		{"druid.unheard.of", 28, `{"a":1,"b":2}`, `{"b":2,"a":1}`, true},
		{"druid.service", 28, "druid/broker", "druid/Broker", false},
	} {
		assert.Equal(t, c.same, effective.Normal(c.key, c.a, c.release) == effective.Normal(c.key, c.b, c.release),
			"%s in %s: %q and %q", c.key, c.release, c.a, c.b)
	}
}
