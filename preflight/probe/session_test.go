package probe

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/preflight/facts"
)

// numbers are a packet of ZooKeeper, with its length.
func numbers(list ...uint32) []byte {
	var b []byte
	for _, n := range list {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return frame(b)
}

// opens is the answer to who opens a session: for ten seconds, with a password of 16 bytes.
var opens = numbers(0, 10_000, 0, 7, 16, 0, 0, 0, 0, 0)

// hostileZooKeeper answers the first packet, and then each.
func hostileZooKeeper(t *testing.T, first []byte, each func(xid, kind uint32) []byte) string {
	t.Helper()
	return serve(t, func(conn net.Conn) {
		defer conn.Close()
		for opened := false; ; opened = true {
			size := make([]byte, 4)
			if _, err := io.ReadFull(conn, size); err != nil {
				return
			}
			packet := make([]byte, binary.BigEndian.Uint32(size))
			if _, err := io.ReadFull(conn, packet); err != nil {
				return
			}
			answer := first
			if opened {
				answer = each(binary.BigEndian.Uint32(packet), binary.BigEndian.Uint32(packet[4:]))
			}
			if _, err := conn.Write(answer); err != nil {
				return
			}
		}
	})
}

// What answers in the place of a ZooKeeper ends no program, and gets no room that it asks
// for: the client would give it, in a goroutine of its own.
func TestHostileZooKeeper(t *testing.T) {
	t.Parallel()
	const exists, acl, all = 3, 6, 0xffffffff
	answers := func(of uint32, with ...uint32) func(xid, kind uint32) []byte {
		return func(xid, kind uint32) []byte {
			if kind == of {
				return numbers(append([]uint32{xid, 0, 1, 0}, with...)...)
			}
			return numbers(append([]uint32{xid, 0, 1, 0}, make([]uint32, 17)...)...) // a node, of zeros
		}
	}
	for name, c := range map[string]struct {
		first []byte
		each  func(xid, kind uint32) []byte
	}{
		"a session that has ended before": {numbers(0, 0, 0, 7, 16, 0, 0, 0, 0, 0), answers(0)},
		"a session of negative time":      {numbers(0, all, 0, 7, 16, 0, 0, 0, 0, 0), answers(0)},
		"a password of 2 GiB":             {numbers(0, 10_000, 0, 7, 0x7fffffff), answers(0)},
		"a first packet of 4 GiB":         {binary.BigEndian.AppendUint32(nil, all), answers(0)},
		"a packet of 4 GiB":               {opens, func(uint32, uint32) []byte { return binary.BigEndian.AppendUint32(nil, all) }},
		"a packet without a head":         {opens, func(uint32, uint32) []byte { return numbers(all) }},
		"an empty packet":                 {opens, func(uint32, uint32) []byte { return numbers() }},
		"a node that is cut off":          {opens, answers(exists, 1)},
		"4 billion rights":                {opens, answers(acl, all)},
		"rights without an end":           {opens, answers(acl, 1, 31, 5)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			q := facts.Session{Servers: []string{hostileZooKeeper(t, c.first, c.each)}, TimeoutMS: 10_000, Paths: []string{"/druid"}, Probe: true}
			a := Do(ctx, &facts.Question{Session: &q})
			switch name {
			case "a node that is cut off", "rights without an end": // which the client sees
				require.NotEmpty(t, a.Session.Nodes[0].Error, "%+v", a.Session)
			default:
				require.Equal(t, &facts.Problem{Kind: facts.Rejected, Text: "what answers there is not a ZooKeeper"}, a.Problem)
			}
		})
	}
}
