package call

import (
	"fmt"
	"sort"
)

// List returns up to limit conferences, newest first, that are older than the
// conference named by after (all, if after is empty).
func (s *Service) List(after string, limit int) (items []Conference, next string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if after != "" && s.byID[after] == nil {
		return nil, "", fmt.Errorf("%w: the cursor is unknown or too old; begin again without one", ErrInvalid)
	}
	all := make([]*conference, 0, len(s.byID))
	for _, c := range s.byID {
		all = append(all, c)
	}
	sort.Slice(all, func(i, k int) bool {
		if !all[i].CreatedAt.Equal(all[k].CreatedAt) {
			return all[i].CreatedAt.After(all[k].CreatedAt)
		}
		return all[i].ID > all[k].ID
	})
	skipping := after != ""
	for _, c := range all {
		if skipping {
			skipping = c.ID != after
			continue
		}
		if len(items) == limit {
			return items, items[limit-1].ID, nil
		}
		items = append(items, c.snapshot())
	}
	return items, "", nil
}
