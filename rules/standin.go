package rules

import (
	"slices"

	"github.com/implycheck/implycheck/conf"
)

// storerRoles are the processes that write or read deep storage, themselves or
// through their tasks; loggerRoles those that write task logs or read them.
var (
	storerRoles = []string{"middleManager", "indexer", "historical"}
	workerRoles = []string{"middleManager", "indexer"}
	loggerRoles = []string{"overlord", "middleManager", "indexer"}
)

// orStandIn are the processes of some roles. In a tree that has none of them, such
// as the folder of one server, another stands in for them if the shared file, which
// is theirs too, has the key that is asked for.
func (p *Pass) orStandIn(roles []string, key string) []*conf.Service {
	list := p.Services(roles...)
	if shared := p.Tree.Get(key); len(list) > 0 || !shared.Set || !p.configuresDruid() {
		return list
	}
	for _, s := range p.Tree.Services {
		if v := s.Get(key); s.Runtime != nil && v.File == p.Tree.Common {
			return []*conf.Service{s}
		}
	}
	return nil
}

// standsIn reports whether a process only stands in for those of some roles, whose
// own files may say more.
func standsIn(s *conf.Service, roles []string) bool { return !slices.ContainsFunc(roles, s.Plays) }
