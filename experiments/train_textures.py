"""Learn a texture from one photograph and make it of any size, seamless, with maps for game engines.

By default on a photograph of grass, which needs no download. --data=PHOTO.jpg is yours, in gray or color; a folder of pictures
of one material works too. The run ends with a tile of 512 x 512 pixels, its 3 x 3 preview and its maps in texture/.

    python -m experiments.train_textures
    python -m experiments.train_textures --data=photo.jpg --symmetry=rotate
    python -m experiments.train_textures --data=heights.png --depth=16
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("textures", __doc__)
