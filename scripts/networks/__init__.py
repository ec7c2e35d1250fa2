"""The networks of the package musicnn, built again in Keras for scripts/make_embedding.py.

checkpoint   opens the package and reads the weights of one network
musicnn      MSD_musicnn and MTT_musicnn
vgg          MSD_vgg and MTT_vgg
"""
