import SchemaModel

/// The scripts by which shells ask `strata complete`. They hold no words of their own: which there are,
/// the program that is at hand says. Its first line says whether the shell's own files (or folders)
/// belong to the answer; what follows is one name a line. No name is ever read as shell code.
enum CompletionScript {
  /// Where bash replaces a part of a word, or the word is in quotes, the program writes the names as
  /// they must stand there. Files are left to readline, whose own way with `~`, quotes and the slash
  /// behind folders no function can repeat.
  static let bash = #"""
    # Completion of strata for bash: made by `strata completions bash`.
    _strata() {
      local program=strata line mode=files
      case $1 in */*) program=${1/#\~\//$HOME/} ;; esac
      COMPREPLY=()
      {
        IFS= read -r mode
        while IFS= read -r line; do COMPREPLY+=("$line"); done
      } < <("$program" complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null)
      compopt -o nosort 2>/dev/null
      case $mode in
        words) compopt +o default +o bashdefault ;;
        folders) compopt +o default +o bashdefault -o dirnames ;;
      esac
    }
    complete -o bashdefault -o default -F _strata strata

    """#

  static let zsh = #"""
    #compdef strata
    # Completion of strata for zsh: made by `strata completions zsh`.
    _strata() {
      local program=strata mode=files tab=$'\t' line
      local -a answer names shown typed
      # A store that is named for this one command: the words before it on the line.
      typed=("${(@z)LBUFFER}")
      local -i place=$(( $#typed - CURRENT + 1 ))
      [[ -z $QIPREFIX$PREFIX ]] && place+=1
      while (( --place > 0 )) && [[ $typed[place] == [A-Za-z_]*=* ]]; do
        [[ $typed[place] == STRATA_STORE=* ]] || continue
        local -x STRATA_STORE=${${(Q)typed[place]#*=}/#\~\//$HOME/}
        break
      done
      case $words[1] in */*) program=${(Q)words[1]/#\~\//$HOME/} ;; esac
      answer=("${(@f)$("$program" complete zsh "${(@)words[2,CURRENT-1]}" "$QIPREFIX$PREFIX" 2>/dev/null </dev/null)}")
      mode=${answer[1]:-files}
      [[ $PREFIX == --*=* ]] && compset -P 1 '*='
      for line in "${(@)answer[2,-1]}"; do
        names+=("${line%%$tab*}")
        if [[ $line == *$tab?* ]]; then
          shown+=("${line%%$tab*}  -- ${line#*$tab}")
        else
          shown+=("${line%%$tab*}")
        fi
      done
      local -i found=1
      (( $#names )) && compadd -V strata -l -d shown -a names && found=0
      case $mode in
        files) _files && found=0 ;;
        folders) _files -/ && found=0 ;;
      esac
      return found
    }
    if [[ $funcstack[1] == _strata ]]; then
      _strata "$@"
    else
      compdef _strata strata
    fi

    """#

  static let fish = #"""
    # Completion of strata for fish: made by `strata completions fish`.
    function __strata_complete
      set -l words (commandline -opc)
      set -l program strata
      string match -q '*/*' -- $words[1]; and set program (string replace -r '^~/' "$HOME/" -- $words[1])
      $program complete fish $words[2..-1] (commandline -ct) 2>/dev/null </dev/null
    end
    function __strata_names
      set -l answer (__strata_complete)
      switch "$answer[1]"
        case files ''
          complete -C "'' "(commandline -ct)
        case folders
          __fish_complete_directories (commandline -ct) ''
      end
      string join \n -- $answer[2..-1]
    end
    complete -c strata -f -a '(__strata_names)'

    """#
}
