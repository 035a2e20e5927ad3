package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
)

// handshake opens a session by hand and closes it at once: the client does not tell
// how long a session the server grants (ConnectRequest and ConnectResponse in
// ZooKeeper's zookeeper.jute).
func handshake(ctx context.Context, address string, milliseconds int64) (granted int64, err error) {
	conn, err := connect(ctx, "tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	const passwordSize = 16
	request := binary.BigEndian.AppendUint32(nil, 0)    // version
	request = binary.BigEndian.AppendUint64(request, 0) // the last change seen
	request = binary.BigEndian.AppendUint32(request, uint32(milliseconds))
	request = binary.BigEndian.AppendUint64(request, 0) // a new session
	request = binary.BigEndian.AppendUint32(request, passwordSize)
	request = append(request, make([]byte, passwordSize+1)...) // and not read-only
	if _, err = conn.Write(frame(request)); err != nil {
		return 0, err
	}
	size := make([]byte, 4)
	if _, err = io.ReadFull(conn, size); err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint32(size)
	if n < 8 || n > 1<<10 {
		return 0, errors.New("what answers there is no ZooKeeper")
	}
	answer := make([]byte, n)
	if _, err = io.ReadFull(conn, answer); err != nil {
		return 0, err
	}
	var bye []byte
	bye = binary.BigEndian.AppendUint32(bye, 1)           // the first request
	bye = binary.BigEndian.AppendUint32(bye, ^uint32(10)) // -11: close the session
	_, err = conn.Write(frame(bye))
	return int64(int32(binary.BigEndian.Uint32(answer[4:]))), err
}

// frame puts the length before a packet.
func frame(packet []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(packet))), packet...)
}
