"""The script that Streamlit runs."""

from otsu_maps.display import screen

screen.draw()
