# Completes each line of $LINES_FILE as if it had been typed, and writes down what is offered: read
# by an interactive zsh, for only there completion works.
fpath=($SITE_FUNCTIONS $fpath)
autoload -Uz compinit && compinit -u -D

# What completion functions call to offer something, or, with one of these flags, to sift first.
compadd() {
    if [[ " $* " != *" -"[OAD]" "* ]]; then
        local -a offered
        builtin compadd -A offered "$@"
        print -rl -- $offered >>$OFFERS_FILE
    fi
    builtin compadd "$@"
}

# The terminal is ready for typing now.
complete-lines() {
    local line
    for line in "${(@f)$(<$LINES_FILE)}"; do
        print -r -- "> $line" >>$OFFERS_FILE
        BUFFER=${line%.} CURSOR=$#BUFFER
        zle complete-word
    done
    exit
}
zle -N zle-line-init complete-lines
