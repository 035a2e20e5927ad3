package probe

import (
	"encoding/binary"
	"net"
	"sync"
)

var errNoZooKeeper = rejected{"what answers there is not a ZooKeeper"}

// zooKeeperConn is a connection to a ZooKeeper that ends before the client reads what
// would end the program: it trusts numbers of the other side, in goroutines of its own.
type zooKeeperConn struct {
	*framed
	bad func() // is told

	opened bool // by the first message of the server
	sync.Mutex
	acls map[uint32]bool // the questions whose answer is a list
}

func newZooKeeperConn(conn net.Conn, bad func()) *zooKeeperConn {
	z := &zooKeeperConn{bad: bad, acls: map[uint32]bool{}}
	z.framed = &framed{Conn: conn, length: z.length, none: errNoZooKeeper}
	return z
}

// Read tells that what comes is not from a ZooKeeper.
func (z *zooKeeperConn) Read(b []byte) (int, error) {
	n, err := z.framed.Read(b)
	if err == errNoZooKeeper {
		z.bad()
	}
	return n, err
}

// Write notes who asks for a list: a question is its length, number, kind, and the rest.
func (z *zooKeeperConn) Write(b []byte) (int, error) {
	const getACL = 6
	if len(b) >= 12 && binary.BigEndian.Uint32(b[8:]) == getACL {
		z.Lock()
		defer z.Unlock()
		z.acls[binary.BigEndian.Uint32(b[4:])] = true
	}
	return z.Conn.Write(b)
}

// length reads the length of an answer and what the client makes room by. The first is
// version, time and number of the session, and the length of a password; another has the
// number of its question, of a change, and of a mistake before the rest.
func (z *zooKeeperConn) length(head []byte) (uint64, bool) {
	const header, listed, no = 16, 20, longestMessage + 1
	if len(head) < 4 {
		return 0, false
	}
	n := uint64(binary.BigEndian.Uint32(head))
	if n < header || n > longestMessage {
		return no, true
	}
	at := min(n, listed)
	if uint64(len(head)) < 4+at {
		return 0, false
	}
	var count uint64 // of what follows
	if at == listed {
		count = uint64(binary.BigEndian.Uint32(head[4+header:]))
	}
	z.Lock()
	isList := !z.opened || z.acls[binary.BigEndian.Uint32(head[4:])]
	z.Unlock()
	noTime := !z.opened && int32(binary.BigEndian.Uint32(head[8:])) < 2 // which a ticker is made of
	z.opened = true
	if noTime || isList && count > n {
		return no, true
	}
	return n - at, true
}
