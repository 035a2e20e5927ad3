package preflight_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// hdfsFile has what NameNodes of Hadoop 3.4.1 have answered, a line each: the scene, the
// method, and in hexadecimal the question and the whole answer. TestLiveHDFS writes it
// with -update; here it is played back.
const hdfsFile = "testdata/hdfs.tsv"

// rpcCall is a question to a NameNode as it is on the wire.
type rpcCall struct {
	id               int64
	method, question string
}

// readPacket reads a packet with its length, and answers it with that and without.
func readPacket(r io.Reader) (whole, body []byte, err error) {
	whole = make([]byte, 4)
	if _, err = io.ReadFull(r, whole); err != nil {
		return nil, nil, err
	}
	body = make([]byte, binary.BigEndian.Uint32(whole))
	_, err = io.ReadFull(r, body)
	return append(whole, body...), body, err
}

// parseCall takes a question apart; false for what is none, and has no answer.
func parseCall(body []byte) (c rpcCall, ok bool) {
	head, n := protowire.ConsumeBytes(body)
	what, m := protowire.ConsumeBytes(body[n:])
	for len(head) > 0 {
		field, kind, k := protowire.ConsumeTag(head)
		if field == 3 && kind == protowire.VarintType {
			v, _ := protowire.ConsumeVarint(head[k:])
			c.id = protowire.DecodeZigZag(v)
		}
		head = head[k+protowire.ConsumeFieldValue(field, kind, head[k:]):]
	}
	if c.id < 0 {
		return c, false
	}
	_, _, k := protowire.ConsumeTag(what)
	method, _ := protowire.ConsumeBytes(what[k:])
	c.method = string(method)
	question, _ := protowire.ConsumeBytes(body[n+m:])
	c.question = hex.EncodeToString(question)
	return c, true
}

// nameNode is a server that hands each packet of its clients to a function, with the
// call in it if there is one, and answers what that does.
func nameNode(t *testing.T, client func(hello []byte) (answer func(whole []byte, c rpcCall, isCall bool) []byte)) string {
	t.Helper()
	return serve(t, func(conn net.Conn) {
		defer conn.Close()
		hello := make([]byte, 7)
		if _, err := io.ReadFull(conn, hello); err != nil {
			return
		}
		answer := client(hello)
		for {
			whole, body, err := readPacket(conn)
			if err != nil {
				return
			}
			c, isCall := parseCall(body)
			if _, err := conn.Write(answer(whole, c, isCall)); err != nil {
				return
			}
		}
	})
}

// playNameNode answers as one of a scene did.
func playNameNode(t *testing.T, scene string) string {
	t.Helper()
	file, err := os.ReadFile(hdfsFile)
	require.NoError(t, err)
	known := map[string][]byte{}
	for line := range strings.Lines(string(file)) {
		part := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if part[0] == scene {
			known[part[1]+" "+part[2]], err = hex.DecodeString(part[3])
			require.NoError(t, err)
		}
	}
	require.NotEmpty(t, known, scene)
	return nameNode(t, func([]byte) func([]byte, rpcCall, bool) []byte {
		return func(_ []byte, c rpcCall, isCall bool) []byte {
			answer, ok := known[c.method+" "+c.question]
			if isCall && !ok {
				t.Errorf("%s: nobody has asked %s %s", scene, c.method, c.question)
			}
			return answerTo(answer, c.id)
		}
	})
}

// answerTo is an answer with the number of another call, its first field; that of a
// server which has read none is another.
func answerTo(answer []byte, id int64) []byte {
	if len(answer) == 0 {
		return nil
	}
	answer = slices.Clone(answer)
	_, n := protowire.ConsumeVarint(answer[4:])
	if number := answer[4+n+1:]; number[0] < 0x80 {
		number[0] = byte(id)
	}
	return answer
}

// recording are the scenes that a test has seen.
type recording struct {
	sync.Mutex
	lines map[string]bool
}

// of stands before a NameNode and notes what it says in a scene.
func (r *recording) of(t *testing.T, scene, address string) string {
	t.Helper()
	return nameNode(t, forward(t, address, func(c rpcCall, answer []byte) {
		r.Lock()
		defer r.Unlock()
		r.lines[fmt.Sprintf("%s\t%s\t%s\t%s\n", scene, c.method, c.question, hex.EncodeToString(answer))] = true
	}))
}

// forward asks a NameNode what its clients ask, and shows each answer before they have it.
func forward(t *testing.T, address string, show func(c rpcCall, answer []byte)) func(hello []byte) func([]byte, rpcCall, bool) []byte {
	t.Helper()
	return func(hello []byte) func([]byte, rpcCall, bool) []byte {
		server, err := net.Dial("tcp", address)
		if err != nil {
			return func([]byte, rpcCall, bool) []byte { return nil }
		}
		t.Cleanup(func() { _ = server.Close() })
		_, _ = server.Write(hello)
		return func(whole []byte, c rpcCall, isCall bool) []byte {
			_, _ = server.Write(whole)
			if !isCall {
				return nil
			}
			answer, _, _ := readPacket(server)
			show(c, answer)
			return answer
		}
	}
}

// write writes the file.
func (r *recording) write(t *testing.T) {
	t.Helper()
	r.Lock()
	defer r.Unlock()
	require.NoError(t, os.WriteFile(hdfsFile, []byte(strings.Join(slices.Sorted(maps.Keys(r.lines)), "")), 0o644))
}
