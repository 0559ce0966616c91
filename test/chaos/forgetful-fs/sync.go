package main

import (
	"slices"
	"syscall"
)

// A Mark is a moment: a sync covers what was done before it began.
type Mark struct{ changes, namings uint64 }

// Mark answers this moment, for a sync that begins now.
func (d *Disk) Mark(ino Ino) (Mark, syscall.Errno) {
	n := d.nodes[ino]
	if n == nil {
		return Mark{}, syscall.ESTALE
	}
	return Mark{n.settled + uint64(len(n.pending)), d.nextNaming}, 0
}

// Sync ends a sync that began at the mark: of a file its data, of a folder the names in it.
func (d *Disk) Sync(ino Ino, began Mark) syscall.Errno {
	n := d.nodes[ino]
	if n == nil {
		return syscall.ESTALE
	}
	if n.isFolder() {
		d.settleNamings(began, func(e effect) bool { return e.folder == ino })
	} else {
		n.settle(began.changes)
	}
	if d.NamesFollowFiles {
		d.syncNamesOf(ino, began)
	}
	return 0
}

// SyncAll makes everything durable.
func (d *Disk) SyncAll() {
	for _, n := range d.nodes {
		n.settle(n.settled + uint64(len(n.pending)))
	}
	d.settleNamings(Mark{namings: d.nextNaming}, func(effect) bool { return true })
}

func (n *node) settle(upTo uint64) {
	for len(n.pending) > 0 && n.settled < upTo {
		n.durable = n.pending[0].on(n.durable)
		n.pending = n.pending[1:]
		n.settled++
	}
}

// The pending names of a file or folder, and of the folders that these are in.
func (d *Disk) syncNamesOf(ino Ino, began Mark) {
	folders := map[Ino]bool{}
	d.settleNamings(began, func(e effect) bool {
		if e.means == ino {
			folders[e.folder] = true
		}
		return e.means == ino
	})
	for folder := range folders {
		d.syncNamesOf(folder, began)
	}
}

// Makes the wanted of the namings before the mark durable, each after all earlier ones of the same entries.
func (d *Disk) settleNamings(began Mark, wanted func(effect) bool) {
	entries := map[entry]bool{}
	settles := make([]bool, len(d.namings))
	for i := len(d.namings) - 1; i >= 0; i-- {
		one := d.namings[i]
		settles[i] = one.number < began.namings && slices.ContainsFunc(one.effects, func(e effect) bool {
			return entries[e.entry] || wanted(e)
		})
		if settles[i] {
			for _, e := range one.effects {
				entries[e.entry] = true
			}
		}
	}
	left := d.namings[:0:0]
	for i, one := range d.namings {
		if settles[i] {
			d.settleNaming(one)
		} else {
			left = append(left, one)
		}
	}
	d.namings = left
}

func (d *Disk) settleNaming(one naming) {
	for _, e := range one.effects {
		apply(d.nodes[e.folder].durableNames, e)
	}
}
