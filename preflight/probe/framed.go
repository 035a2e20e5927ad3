package probe

import (
	"encoding/binary"
	"net"
)

// longestMessage is more than a server has to say at once to this program.
const longestMessage = 1 << 20

// framed is a connection that fails where a message is announced that is longer: the
// client would make room for it, as much as the other side likes, and a program without
// memory ends with all its answers.
type framed struct {
	net.Conn
	// length reads the head of a message, and says how much of it follows; it is false
	// as long as the head is not whole.
	length func(head []byte) (n uint64, whole bool)
	// none is what is said of a server that announces more.
	none error
	head []byte
	left uint64 // of the message
}

// Read looks at heads before the client does.
func (f *framed) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	for rest := b[:n]; len(rest) > 0 && f.length != nil; {
		if f.left > 0 {
			skip := min(f.left, uint64(len(rest)))
			f.left, rest = f.left-skip, rest[skip:]
			continue
		}
		f.head, rest = append(f.head, rest[0]), rest[1:]
		if length, whole := f.length(f.head); whole {
			f.left, f.head = length, f.head[:0]
		}
		if f.left > longestMessage {
			return 0, f.none
		}
	}
	return n, err
}

// Write notes that SASL begins with a DataNode: what follows may be encrypted, and
// nobody comes so far who does not know a key of the NameNode.
func (f *framed) Write(b []byte) (int, error) {
	if len(b) >= 4 && binary.BigEndian.Uint32(b) == 0xDEADBEEF {
		f.length = nil
	}
	return f.Conn.Write(b)
}

// fourBytes begin each message of a NameNode, and of a KDC.
func fourBytes(head []byte) (uint64, bool) {
	if len(head) < 4 {
		return 0, false
	}
	return uint64(binary.BigEndian.Uint32(head)), true
}

// ofDataNode begins each message of a DataNode: a number of protobuf.
func ofDataNode(head []byte) (uint64, bool) {
	n, size := binary.Uvarint(head)
	if size < 0 { // which is more than 64 bits
		return longestMessage + 1, true
	}
	return n, size > 0
}
