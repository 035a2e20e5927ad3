package probe

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// packet is an answer to call 7 with some fields in its header.
func packet(head []byte, answer []byte) []byte {
	return join(protowire.AppendBytes(nil, join(fieldNumber(1, 7), head)), protowire.AppendBytes(nil, answer))
}

func TestUnpack(t *testing.T) {
	m, err := unpack(packet(fieldNumber(2, 0), join(fieldNumber(1, 3), fieldText(2, "druid"))), 7)
	require.NoError(t, err)
	assert.Equal(t, uint64(3), m.number[1])
	assert.Equal(t, "druid", m.text(2))

	_, err = unpack(packet(join(fieldNumber(2, 1), fieldText(4, "org.apache.hadoop.ipc.StandbyException"), fieldText(5, "not in state standby\n\tat java.lang")), nil), 7)
	assert.True(t, thrown(err, "StandbyException"))
	assert.False(t, thrown(err, "Exception"), "all of the name")
	assert.EqualError(t, err, "StandbyException: not in state standby")

	_, err = unpack(packet(fieldNumber(2, 0), nil), 8)
	assert.ErrorContains(t, err, "hadoop.rpc.protection", "what is encrypted has another number")
	for _, raw := range [][]byte{nil, {0xff}, {5, 1}, protowire.AppendBytes(nil, []byte{0x0a, 0x7f}), packet(fieldNumber(2, 0), []byte{0x0b}), packet(nil, []byte{0x0a, 9, 1})} {
		_, err = unpack(raw, 7)
		assert.Error(t, err, "%x", raw)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(packet(fieldNumber(2, 0), fieldText(1, "x")))
	f.Add([]byte{2, 8, 7, 0})
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = unpack(raw, 7) })
}
