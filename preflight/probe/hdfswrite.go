package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	switch err := safely(func() error { return h.put(ctx, n.options, name) }); {
	case err == nil:
		t.Wrote = name
	case ctx.Err() != nil:
		t.Unknown["write"] = "a file was not written in time"
	default:
		t.WriteError = fmt.Sprintf("write %s: %s", name, reason(err))
	}
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	var err error
	if ctx.Err() != nil { // which has ended the connection, too
		n, err = openNameNode(clean, h.options, n.address)
	}
	if err == nil {
		err = n.erase(clean, name)
	}
	if err != nil {
		t.Left = name
		t.WriteError = cmp.Or(t.WriteError, "delete "+name+": "+err.Error())
	}
}

func (h *hadoop) put(ctx context.Context, o hdfs.ClientOptions, name string) error {
	o.NamenodeDialFunc = func(_ context.Context, _, address string) (net.Conn, error) { return until(ctx, address, fourBytes) }
	o.DatanodeDialFunc = func(_ context.Context, _, address string) (net.Conn, error) { return until(ctx, address, ofDataNode) }
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
func reason(err error) string {
	var said hdfs.Error
	if errors.As(err, &said) {
		return withoutTrace(said.Message())
	}
	return err.Error()
}
