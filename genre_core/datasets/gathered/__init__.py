"""Datasets that users gather in the browser: songs in genres, added one by one or from a ZIP of genre folders.

They lie in `home()/gathered/`, a folder for each with its facts, and in it one for each song.  No name that a user
chose becomes a path, and each song has a file of its own, so that nothing is lost when several visitors add songs.

Public submodules:

facts : `GatheredDataset`, `Song` and their limits.
store : create, list, rename, share, open to the class and delete datasets; their genres.
songs : add, list, move, rename and remove songs; their artists, and the song of a track.
incoming : uploads that arrive piece by piece, and go on after a break.
importing, exporting : a ZIP of genre folders, read and written.
checking : what is wrong with the songs, and which splits are possible.
extraction : the features of the songs, as a `Dataset`.

What opens a song (`songs.add_song`, `incoming.finish`, `importing.add_archive`, `checking.check`, `extraction.extract`)
belongs into a worker process.
"""
