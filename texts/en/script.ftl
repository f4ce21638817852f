# What the script of the pages says (web/script/). The others are in the catalogue of the Worker alone.
