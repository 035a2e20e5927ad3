package probe

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// writeObject puts an object below the prefix, reads it, and takes it away whatever happens.
// Do asks the store by GET, PUT and DELETE; what the store refuses is a rejected.
func writeObject(ctx context.Context, q facts.Store, b *facts.Bucket, do func(ctx context.Context, method, key string, body []byte) error) {
	key := strings.TrimPrefix(strings.TrimSuffix(q.Prefix, "/")+fmt.Sprintf("/.implycheck-%016x", rand.Uint64()), "/")
	name := q.Bucket + "/" + key
	failed := func(what string, err error) {
		if err != nil && b.WriteError == "" {
			b.WriteError = what + " " + name + ": " + err.Error()
		}
	}
	err := do(ctx, http.MethodPut, key, []byte("implycheck preflight\n"))
	failed("put", err)
	if errors.As(err, new(rejected)) {
		return
	}
	if err == nil {
		b.Wrote = name
		failed("get", do(ctx, http.MethodGet, key, nil))
	}
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	gone := do(clean, http.MethodDelete, key, nil)
	failed("delete", gone)
	if gone != nil && b.Wrote != "" {
		b.Left = name
	}
}
