package probe

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/colinmarc/hdfs/v2"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/implycheck/implycheck/preflight/facts"
)

// nameNode is a connection to a NameNode of HDFS. The client of package hdfs has logged
// in on it, and is asked no more: it knows neither the state of a NameNode nor whether a
// user may write, and takes any answer of a standby for one that is down. What it does
// not know are some questions of Hadoop's RPC, version 9, each a message of protobuf.
type nameNode struct {
	address string
	options hdfs.ClientOptions // with which the client logs in there
	conn    net.Conn
	agent   []byte
	calls   uint64
}

// held keeps a connection open when the client that has logged in on it is closed.
type held struct{ net.Conn }

func (held) Close() error { return nil }

// openNameNode connects and logs in. The connection ends with the context.
func openNameNode(ctx context.Context, o hdfs.ClientOptions, address string) (*nameNode, error) {
	conn, err := until(ctx, address, fourBytes)
	if err != nil {
		return nil, err
	}
	o.Addresses = []string{address}
	o.KerberosServicePrincipleName = principalAt(ctx, net.DefaultResolver, o.KerberosServicePrincipleName, conn.RemoteAddr())
	n := &nameNode{address: address, options: o, conn: conn, agent: make([]byte, 16)}
	o.NamenodeDialFunc = func(context.Context, string, string) (net.Conn, error) { return held{conn}, nil }
	client, err := hdfs.NewClient(o)
	if err != nil {
		_ = conn.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, rejected{strings.TrimPrefix(err.Error(), "no available namenodes: ")}
	}
	_ = client.Close()
	_, err = rand.Read(n.agent)
	return n, err
}

// principalAt is a principal with the name of a server in place of _HOST: as Hadoop has
// it, that of its address and not the one in the configuration, which may be short
// (SecurityUtil.getServerPrincipal). Where the address has no name, the other has to do.
func principalAt(ctx context.Context, dns *net.Resolver, principal string, server net.Addr) string {
	host, _, err := net.SplitHostPort(server.String())
	if err != nil || !strings.Contains(principal, "_HOST") {
		return principal
	}
	names, _ := dns.LookupAddr(ctx, host)
	if len(names) == 0 {
		return principal
	}
	return strings.Replace(principal, "_HOST", strings.ToLower(strings.TrimSuffix(names[0], ".")), 1)
}

// until connects, and ends the connection with the context: neither that client nor
// package net would notice.
func until(ctx context.Context, address string, length func(head []byte) (uint64, bool)) (net.Conn, error) {
	conn, err := connect(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return &framed{Conn: conn, length: length, none: errNoHDFS}, nil
}

// remote is an exception that a NameNode answers with.
type remote struct{ class, text string }

func (r remote) Error() string {
	return r.class[strings.LastIndex(r.class, ".")+1:] + ": " + r.text
}

// thrown reports whether an error is an exception of a class.
func thrown(err error, class string) bool {
	var r remote
	return errors.As(err, &r) && strings.HasSuffix(r.class, "."+class)
}

// withoutTrace is the first line of what an exception says; the stack is in the others.
func withoutTrace(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

// call asks a question and waits for its answer.
func (n *nameNode) call(ctx context.Context, method string, question []byte) (message, error) {
	answer, err := n.exchange(method, question)
	var said remote
	if err != nil && !errors.As(err, &said) && ctx.Err() != nil {
		return message{}, ctx.Err() // it is closed because the time is up
	}
	return answer, err
}

func (n *nameNode) exchange(method string, question []byte) (message, error) {
	n.calls++
	const protobuf, final = 2, 0
	head := join(fieldNumber(1, protobuf), fieldNumber(2, final), fieldNumber(3, protowire.EncodeZigZag(int64(n.calls))), fieldText(4, string(n.agent)))
	what := join(fieldText(1, method), fieldText(2, "org.apache.hadoop.hdfs.protocol.ClientProtocol"), fieldNumber(3, 1))
	packet := join(protowire.AppendBytes(nil, head), protowire.AppendBytes(nil, what), protowire.AppendBytes(nil, question))
	_, unsent := n.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(packet))), packet...))
	var size [4]byte // of what a server that has closed the connection may have said before
	if _, err := io.ReadFull(n.conn, size[:]); err != nil {
		return message{}, cmp.Or(unsent, err)
	}
	packet = make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(n.conn, packet); err != nil {
		return message{}, err
	}
	return unpack(packet, n.calls)
}

var errNoHDFS = rejected{"what answers there is not a NameNode of HDFS"}

// unpack reads the header of an answer, and the answer.
func unpack(packet []byte, call uint64) (message, error) {
	raw, n := protowire.ConsumeBytes(packet)
	if n < 0 {
		return message{}, errNoHDFS
	}
	head, err := parseMessage(raw)
	if err != nil {
		return message{}, err
	}
	if head.number[2] != 0 {
		return message{}, remote{head.text(4), withoutTrace(head.text(5))}
	}
	if head.number[1] != call {
		return message{}, errUnsupported{"the NameNode encrypts what it says (hadoop.rpc.protection), and this program does not"}
	}
	if raw, n = protowire.ConsumeBytes(packet[n:]); n < 0 {
		return message{}, errNoHDFS
	}
	return parseMessage(raw)
}

// states of a NameNode, HAServiceStateProto.
var states = []string{"initializing", facts.Active, "standby", "observer"}

// state asks what a NameNode is. One that is alone, or old, does not answer that: it is
// active if it answers another question.
func (n *nameNode) state(ctx context.Context) (string, error) {
	answer, err := n.call(ctx, "getHAServiceState", nil)
	if err == nil {
		return states[min(answer.number[1], uint64(len(states)-1))], nil
	}
	if !thrown(err, "ServiceFailedException") && !thrown(err, "RpcNoSuchMethodException") {
		return "", err
	}
	switch _, err = n.call(ctx, "getFileInfo", fieldText(1, "/")); {
	case thrown(err, "StandbyException"):
		return "standby", nil
	case err == nil, thrown(err, "AccessControlException"):
		return facts.Active, nil
	}
	return "", err
}

// safe asks whether a NameNode is in safe mode, in which nothing can be written.
func (n *nameNode) safe(ctx context.Context) (bool, error) {
	const get = 3
	answer, err := n.call(ctx, "setSafeMode", join(fieldNumber(1, get), fieldNumber(2, 0)))
	return answer.number[1] == 1, err
}

// inode is a file or folder of HDFS.
type inode struct {
	folder       bool
	owner, group string
	mode         uint64
	flags        uint64
}

// Flags of an inode.
const (
	encrypted = 2
	erasure   = 4
)

// stat looks at a path; nil where there is none.
func (n *nameNode) stat(ctx context.Context, path string) (*inode, error) {
	answer, err := n.call(ctx, "getFileInfo", fieldText(1, path))
	if thrown(err, "FileNotFoundException") || err == nil && answer.bytes[1] == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	status, err := answer.inside(1)
	if err != nil {
		return nil, err
	}
	permission, err := status.inside(4)
	return &inode{
		folder: status.number[1] == 1, owner: status.text(5), group: status.text(6), mode: permission.number[1] & 0o777, flags: status.number[18],
	}, err
}

// may asks whether the user may read (4), write (2) and enter (1): the NameNode knows
// groups, lists of access and who is its superuser.
func (n *nameNode) may(ctx context.Context, path string, what uint64) (bool, error) {
	_, err := n.call(ctx, "checkAccess", join(fieldText(1, path), fieldNumber(2, what)))
	if thrown(err, "AccessControlException") {
		return false, nil
	}
	return err == nil, err
}

// space asks how much room all of HDFS has, and how much is left.
func (n *nameNode) space(ctx context.Context) (size, left int64, err error) {
	answer, err := n.call(ctx, "getFsStats", nil)
	return int64(answer.number[1]), int64(answer.number[3]), err
}

// quota asks what a folder may hold, and what it holds: what hdfs dfs -count -q asks.
func (n *nameNode) quota(ctx context.Context, path string) (facts.Quota, error) {
	answer, err := n.call(ctx, "getQuotaUsage", fieldText(1, path))
	if err != nil {
		return facts.Quota{}, err
	}
	usage, err := answer.inside(1)
	return facts.Quota{
		Path: path, NamesUsed: int64(usage.number[1]), Names: int64(usage.number[2]), SpaceUsed: int64(usage.number[3]), Space: int64(usage.number[4]),
	}, err
}

// erase deletes a file, if it is there: in safe mode, say, none was made.
func (n *nameNode) erase(ctx context.Context, path string) error {
	_, err := n.call(ctx, "delete", join(fieldText(1, path), fieldNumber(2, 0)))
	if err == nil {
		return nil
	}
	if node, unseen := n.stat(ctx, path); node == nil && unseen == nil {
		return nil
	}
	return err
}
