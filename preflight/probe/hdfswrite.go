package probe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"path"
	"time"

	"github.com/colinmarc/hdfs/v2"
)

// write writes a file in the folder, or in the nearest, and takes it away whatever
// happens. The bytes go to DataNodes, as those of segments do.
func (h *hadoop) write(ctx context.Context, n *nameNode) {
	t := h.tree
	name := path.Join(t.Nearest, fmt.Sprintf(".implycheck-%016x", rand.Uint64()))
	err := h.put(ctx, name)
	if err == nil {
		t.Wrote = name
	} else {
		t.WriteError = fmt.Sprintf("write %s: %s", name, h.reason(ctx, err))
	}
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	if ctx.Err() != nil { // which has ended the connection, too
		if n, err = openNameNode(clean, h.options, n.conn.RemoteAddr().String()); err != nil {
			t.Left = name
			return
		}
	}
	if err := n.remove(clean, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Left = name
		t.WriteError += " delete: " + err.Error()
	}
}

func (h *hadoop) put(ctx context.Context, name string) error {
	o := h.options
	o.Addresses = h.q.NameNodes
	o.NamenodeDialFunc = func(_ context.Context, _, address string) (net.Conn, error) { return until(ctx, address) }
	o.DatanodeDialFunc = o.NamenodeDialFunc
	client, err := hdfs.NewClient(o)
	if err != nil {
		return err
	}
	defer client.Close()
	file, err := client.CreateFile(name, int(h.q.Replication), h.q.BlockSize, 0o600)
	if err != nil {
		return err
	}
	if _, err = file.Write([]byte("implycheck preflight\n")); err != nil {
		return err
	}
	for err = file.Close(); hdfs.IsErrReplicating(err) && ctx.Err() == nil; err = file.Close() {
		time.Sleep(50 * time.Millisecond) // a DataNode has it, and has not said so yet
	}
	return err
}

// reason is why a file could not be written, as the NameNode says it.
func (h *hadoop) reason(ctx context.Context, err error) string {
	var said hdfs.Error
	switch {
	case ctx.Err() != nil:
		return "no answer in time"
	case errors.As(err, &said):
		return withoutTrace(said.Message())
	}
	return err.Error()
}
