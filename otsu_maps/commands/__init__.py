"""The commands of `otsu-maps`, one group a module: `add(commands)` names them, and they say what other rooms answer."""
