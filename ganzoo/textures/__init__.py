"""Textures as a game engine takes them: height fields, normal maps, materials."""
