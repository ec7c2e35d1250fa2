"""The networks of the package musicnn, built again in Keras for scripts/make_embedding.py.

checkpoint   opens the package and reads the weights of one network
original     runs its graphs as they are
musicnn      MSD_musicnn and MTT_musicnn
vgg          MSD_vgg and MTT_vgg
"""
