# Makes the manual page and the shells' completions from what `elbo --describe`, `elbo-gradcheck --describe` and
# `elbo-bench --describe` print (command_line.h has the form):
#
#     awk -f tools/manual.awk -v form=man|bash|zsh|fish -v version=0.1.0 DESCRIPTION…
BEGIN { FS = "\t" }

# ---- reading ------------------------------------------------------------------------------------------------------------------
# command[1 … commands]; of each its help, and of its i-th option the names, type, default, choices and help.

$1 == "command" {
  current = $2
  if (!(current in help)) command[++commands] = current
  if (help[current] == "") help[current] = $3
}
$1 == "option" && !seen[current, $2]++ {
  i = ++options[current]
  names[current, i] = $2; type[current, i] = $3; initial[current, i] = $4; choices[current, i] = $5; about[current, i] = $6
}
$1 == "argument" { arguments[current] = arguments[current] " " $2; argument_help[current] = $3 }
$1 == "footer" { footer = $2 }

END {
  if (form == "man") man()
  if (form == "bash") bash()
  if (form == "zsh") zsh()
  if (form == "fish") fish()
}

# ---- what all forms need ------------------------------------------------------------------------------------------------------

function long_name(c, i,    all, n) { n = split(names[c, i], all, ","); return all[n] }

# the name of the command in its group: "step" of "elbo bench step"
function last_word(c) { sub(/.* /, "", c); return c }

# "train eval …" of "elbo"
function subcommands(c,    j, list) {
  for (j = 1; j <= commands; ++j)
    if (index(command[j], c " ") == 1 && substr(command[j], length(c) + 2) !~ / /)
      list = list (list == "" ? "" : " ") last_word(command[j])
  return list
}

# text between single quotes of a shell
function quoted(text) { gsub(/'/, "'\\''", text); return "'" text "'" }

# ---- man ----------------------------------------------------------------------------------------------------------------------

function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  if (text ~ /^[.']/) text = "\\&" text
  return text
}

function italic(text) { return text == "" ? "" : "\\fI" roff(substr(text, 2)) "\\fR " }

function man(    j, i, c) {
  printf ".TH ELBO 1 \"\" \"elbo %s\" \"User Commands\"\n", version
  printf ".SH NAME\nelbo \\- train and evaluate variational autoencoders\n.SH SYNOPSIS\n"
  for (j = 2; j <= commands; ++j)
    if (subcommands(command[j]) == "")
      printf ".B %s\n%s[options]\n.br\n", roff(command[j]), italic(arguments[command[j]])
  printf ".SH DESCRIPTION\n%s\n.SH COMMANDS\n", roff(help["elbo"])
  for (j = 2; j <= commands; ++j) {
    c = command[j]
    printf ".SS %s\n%s.\n", roff(c arguments[c]), roff(help[c])
    if (argument_help[c] != "") printf ".TP\n.I %s\n%s\n", roff(substr(arguments[c], 2)), roff(argument_help[c])
    man_options(c)
  }
  printf ".SH OPTIONS\n"
  man_options("elbo")
  sub(/^Exit codes: /, "", footer)
  printf ".SH EXIT STATUS\n%s\n", roff(footer)
}

function man_options(c,    i) {
  for (i = 1; i <= options[c]; ++i) {
    if (c != "elbo" && names[c, i] ~ /--help/) continue
    printf ".TP\n.B %s", roff(names[c, i])
    if (type[c, i] != "") printf " \\fI%s\\fR", roff(type[c, i])
    printf "\n%s", roff(about[c, i])
    if (initial[c, i] != "") printf " (default: %s)", roff(initial[c, i])
    printf "\n"
  }
}

# ---- bash ---------------------------------------------------------------------------------------------------------------------

function bash(    j, i, c, words, valued) {
  print "# Completion of elbo in bash; bash completes file names where this offers nothing."
  print "_elbo() {\n  local command=elbo words=\"\" n word=${COMP_WORDS[COMP_CWORD]}"
  print "  for ((n = 1; n < COMP_CWORD; n++)); do\n    case \"$command ${COMP_WORDS[n]}\" in"
  for (j = 2; j <= commands; ++j) printf "%s\"%s\"", j == 2 ? "      " : " | ", command[j]
  print ") command=\"$command ${COMP_WORDS[n]}\" ;;\n    esac\n  done"
  print "  case \"$command ${COMP_WORDS[COMP_CWORD - 1]}\" in"
  for (j = 1; j <= commands; ++j) {
    c = command[j]
    valued = ""
    for (i = 1; i <= options[c]; ++i) {
      if (choices[c, i] != "") printf "    \"%s %s\") words=\"%s\" ;;\n", c, long_name(c, i), choices[c, i]
      else if (type[c, i] != "") valued = valued (valued == "" ? "" : " | ") "\"" c " " long_name(c, i) "\""
    }
    if (valued != "") printf "    %s) ;;\n", valued
  }
  print "    *) case \"$command\" in"
  for (j = 1; j <= commands; ++j) {
    words = subcommands(command[j])
    for (i = 1; i <= options[command[j]]; ++i) words = words " " names[command[j], i]
    gsub(/,/, " ", words)
    printf "      \"%s\") words=\"%s\" ;;\n", command[j], words
  }
  print "    esac ;;\n  esac"
  print "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\ncomplete -o default -F _elbo elbo"
}

# ---- zsh ----------------------------------------------------------------------------------------------------------------------

# text in a specification of _arguments or _describe, where [, ] and : have a meaning
function specified(text) { gsub(/\[|\]|:|\\/, "\\\\&", text); return text }

function zsh(    j, i, c, k, n, all) {
  print "#compdef elbo\n# Completion of elbo in zsh.\nlocal command=elbo n"
  print "for ((n = 2; n < CURRENT; n++)); do\n  case \"$command $words[n]\" in"
  for (j = 2; j <= commands; ++j) printf "%s\"%s\"", j == 2 ? "    (" : "|", command[j]
  print ") command=\"$command $words[n]\" ;;\n  esac\ndone\nlocal -a commands\ncase \"$command\" in"
  for (j = 1; j <= commands; ++j) {
    c = command[j]
    printf "  (\"%s\")\n    commands=(", c
    n = split(subcommands(c), all, " ")
    for (i = 1; i <= n; ++i) printf "%s%s", (i == 1 ? "" : " "), quoted(all[i] ":" specified(help[c " " all[i]]))
    printf ")\n    (( $#commands )) && _describe command commands\n    _arguments"
    for (i = 1; i <= options[c]; ++i) {
      k = split(names[c, i], all, ",")
      for (; k >= 1; --k) printf " \\\n      %s", quoted(all[k] "[" specified(about[c, i]) "]" zsh_value(c, i))
    }
    print n ? " ;;" : " \\\n      '*:file:_files' ;;"
  }
  print "esac"
}

function zsh_value(c, i) {
  if (type[c, i] == "") return ""
  return ":" specified(type[c, i]) ":" (choices[c, i] == "" ? "_files" : "(" choices[c, i] ")")
}

# ---- fish ---------------------------------------------------------------------------------------------------------------------

# true where the words of the command have been typed, and no command that follows it
function fish_condition(c,    n, i, all, text) {
  n = split(c, all, " ")
  for (i = 2; i <= n; ++i) text = text (text == "" ? "" : "; and ") "__fish_seen_subcommand_from " all[i]
  if (subcommands(c) != "") text = text (text == "" ? "" : "; and ") "not __fish_seen_subcommand_from " subcommands(c)
  return text
}

function fish(    j, i, c, k, n, all) {
  print "# Completion of elbo in fish."
  for (j = 1; j <= commands; ++j) {
    c = command[j]
    n = split(subcommands(c), all, " ")
    for (i = 1; i <= n; ++i)
      printf "complete -c elbo -f -n %s -a %s -d %s\n", quoted(fish_condition(c)), all[i], quoted(help[c " " all[i]])
    for (i = 1; i <= options[c]; ++i) {
      printf "complete -c elbo -n %s", quoted(fish_condition(c))
      n = split(names[c, i], all, ",")
      for (k = 1; k <= n; ++k) printf all[k] ~ /^--/ ? " -l %s" : " -s %s", substr(all[k], all[k] ~ /^--/ ? 3 : 2)
      if (choices[c, i] != "") printf " -x -a %s", quoted(choices[c, i])
      else if (type[c, i] != "") printf " -r"
      printf " -d %s\n", quoted(about[c, i])
    }
  }
}
