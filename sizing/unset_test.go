package sizing

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// What a release takes where nobody says: both sides of each border.
func TestBuffersUnset(t *testing.T) {
	for _, c := range []struct {
		what    string
		release schema.Release
		given   Buffers
		on      Runtime
		want    Buffers
		ok      bool
	}{
		{"1 GiB up to 0.13", 13, Buffers{Unset, Unset, Unset}, Runtime{Cores: 8}, Buffers{1 << 30, 7, 2}, true},
		{"of the direct memory from 0.14 on", 14, Buffers{Unset, Unset, Unset}, Runtime{Cores: 8, Direct: 5 << 30}, Buffers{512 << 20, 7, 2}, true},
		{"unknown without it", 14, Buffers{Unset, Unset, Unset}, Runtime{Cores: 8}, Buffers{Unset, 7, 2}, false},
		{"a quarter of the heap on Java 11", 24, Buffers{Unset, 7, 2}, Runtime{Heap: 8 << 30, Direct: 64 << 30, Java: 11}, Buffers{2 << 30 / 10, 7, 2}, true},
		{"the direct memory on Java 8", 24, Buffers{Unset, 7, 2}, Runtime{Heap: 8 << 30, Direct: 5 << 30, Java: 8}, Buffers{512 << 20, 7, 2}, true},
		{"and from 25 on", 25, Buffers{Unset, 7, 2}, Runtime{Heap: 8 << 30, Direct: 5 << 30, Java: 11}, Buffers{512 << 20, 7, 2}, true},
		{"never above 1 GiB", 33, Buffers{Unset, 1, 2}, Runtime{Direct: 64 << 30}, Buffers{1 << 30, 1, 2}, true},
		{"one thread where the cores are not known", 33, Buffers{100, Unset, Unset}, Runtime{}, Buffers{100, 1, 2}, true},
		{"what is set stays", 33, Buffers{100, 5, 3}, Runtime{Cores: 64}, Buffers{100, 5, 3}, true},
	} {
		got, ok := c.given.Filled(c.release, c.on)
		require.Equal(t, c.want, got, c.what)
		require.Equal(t, c.ok, ok, c.what)
	}
}

// A buffer that Druid computes always passes its own check, but where it cannot see
// the limit.
func TestOwnBuffersFit(t *testing.T) {
	for cores := int64(1); cores < 100; cores += 7 {
		for direct := int64(64 << 20); direct < 64<<30; direct *= 3 {
			b, ok := Buffers{Unset, Unset, Unset}.Filled(33, Runtime{Cores: cores, Direct: direct})
			require.True(t, ok)
			require.LessOrEqual(t, b.Need(33, "historical").Bytes, direct)
		}
	}
}

func TestHeapUnset(t *testing.T) {
	require.Equal(t, int64(4<<30), HeapUnset(16<<30, 25))
	require.Equal(t, int64(12<<30), HeapUnset(16<<30, 75))
	require.Equal(t, int64(32<<30), HeapUnset(512<<30, 25))
}
