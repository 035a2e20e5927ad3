package ports_test

import (
	"context"
	"fmt"
	"log"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/ports"
)

// What a Query server opens, and who connects.
func ExampleOf() {
	trees, err := conf.Open(context.Background(), "../testdata/demo/conf", conf.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range ports.Of(trees[0], false).Listeners {
		if l.Role == ports.Query && l.Needed {
			fmt.Println(l.Name, l.Range(), l.Clients)
		}
	}
	// Output:
	// broker 8082 [master query clients]
	// Pivot 9095 [clients]
}
