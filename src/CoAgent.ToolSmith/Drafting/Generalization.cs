using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>What several pipelines of one form have in common, and parameters for what they have not.</summary>
/// <remarks>
/// The least general pattern that all examples are instances of, word by word (anti-unification): where all are the same, the word stays; where
/// they differ, a parameter; where two places differ in the same way, one parameter for both. With one example that somebody asked
/// for, every value is a parameter.
/// </remarks>
internal sealed partial class Generalization
{
    // Whose operands are programs of their own: parts of such a text are none of anybody's arguments.
    private static readonly ImmutableHashSet<string> s_whole = ["sed", "awk", "grep", "rg", "jq", "find", "perl", "tr", "echo", "printf", "sqlite3"];

    private readonly ImmutableArray<SeenUnit> _examples;
    private readonly Func<SeenUnit, string, bool> _isPath;
    private readonly List<ToolParameter> _parameters = [];
    private readonly bool _isAsked;

    private Generalization(ImmutableArray<SeenUnit> examples, Func<SeenUnit, string, bool> isPath)
    {
        _examples = examples;
        _isPath = isPath;
        _isAsked = examples.Length == 1;
    }

    /// <summary>The words of each command.</summary>
    internal ImmutableArray<ImmutableArray<DraftWord>> Stages { get; private set; } = [];

    /// <summary>The redirections of each command: the sign, and the file.</summary>
    internal ImmutableArray<ImmutableArray<(string Sign, DraftWord File)>> Files { get; private set; } = [];

    /// <summary>What differs.</summary>
    internal ImmutableArray<ToolParameter> Parameters => [.. _parameters];

    /// <summary>Generalizes.</summary>
    /// <param name="examples">Pipelines of one form, at least one.</param>
    /// <param name="isPath">Whether a word of an example is a path that the example touches.</param>
    /// <param name="why">Why it cannot be done; null where it can.</param>
    internal static Generalization? Of(ImmutableArray<SeenUnit> examples, Func<SeenUnit, string, bool> isPath, out string? why)
    {
        var general = new Generalization(examples, isPath);
        why = general.Build();
        return why is null ? general : null;
    }

    private string? Build()
    {
        var stages = ImmutableArray.CreateBuilder<ImmutableArray<DraftWord>>();
        var files = ImmutableArray.CreateBuilder<ImmutableArray<(string, DraftWord)>>();
        for (var stage = 0; stage < _examples[0].Stages.Length; stage++)
        {
            if (Words(stage) is not { } words)
            {
                return "the commands have different numbers of words, which are not all paths";
            }

            stages.Add(words);
            files.Add(FilesOf(stage));
        }

        (Stages, Files) = (stages.ToImmutable(), files.ToImmutable());
        return null;
    }

    private ImmutableArray<DraftWord>? Words(int stage)
    {
        var first = _examples[0].Stages[stage];
        var words = ImmutableArray.CreateBuilder<DraftWord>();
        words.Add(DraftWord.Fixed(first.Program));
        if (first.IsSorted)
        {
            AddOptions(stage, isEarly: true, words);
            words.AddRange(first.Verbs.Select(DraftWord.Fixed));
            AddOptions(stage, isEarly: false, words);
        }

        if (first.Options.Length != _examples.Min(example => example.Stages[stage].Options.Length) || !AddOperands(stage, words))
        {
            return null;
        }

        return words.ToImmutable();
    }

    private void AddOptions(int stage, bool isEarly, ImmutableArray<DraftWord>.Builder words)
    {
        var first = _examples[0].Stages[stage];
        foreach (var (at, option) in first.Options.Index().Where(one => one.Item.IsEarly == isEarly))
        {
            if (option.Value is null)
            {
                words.Add(DraftWord.Fixed(option.Name));
                continue;
            }

            var value = Word(
                stage, [.. _examples.Select(example => example.Stages[stage].Options[at].Value ?? "")], kind => ParameterNames.OfOption(first, option.Name));
            if (option.IsAttached)
            {
                words.Add(new DraftWord([new DraftPart($"{option.Name}=", -1), .. value.Parts]));
            }
            else
            {
                words.Add(DraftWord.Fixed(option.Name));
                words.Add(value);
            }
        }
    }

    private bool AddOperands(int stage, ImmutableArray<DraftWord>.Builder words)
    {
        var first = _examples[0].Stages[stage];
        var counts = _examples.Select(example => example.Stages[stage].Operands.Length).Distinct().ToArray();
        if (first.HasSeparator)
        {
            words.Add(DraftWord.Fixed("--"));
        }

        if (counts.Length > 1)
        {
            return AddPathList(stage, words);
        }

        for (var at = 0; at < first.Operands.Length; at++)
        {
            var place = at;
            words.Add(Word(
                stage,
                [.. _examples.Select(example => example.Stages[stage].Operands[place])],
                kind => ParameterNames.OfOperand(first, place, kind),
                isOperand: first.IsSorted && !first.HasSeparator));
        }

        return true;
    }

    // The words that all have in front stay in their places; those behind are a list, where all of them are paths.
    private bool AddPathList(int stage, ImmutableArray<DraftWord>.Builder words)
    {
        var first = _examples[0].Stages[stage];
        var least = _examples.Min(example => example.Stages[stage].Operands.Length);
        var front = 0;
        while (front < least && !_examples.All(example => _isPath(example, example.Stages[stage].Operands[front])))
        {
            front++;
        }

        var rest = _examples.Select(example => example.Stages[stage].Operands[front..]).ToImmutableArray();
        if (!first.IsSorted || rest.Any(static one => one.IsEmpty) || !_examples.Zip(rest).All(pair => pair.Second.All(word => _isPath(pair.First, word))))
        {
            return false;
        }

        for (var at = 0; at < front; at++)
        {
            var place = at;
            words.Add(Word(
                stage,
                [.. _examples.Select(example => example.Stages[stage].Operands[place])],
                kind => ParameterNames.OfOperand(first, place, kind),
                isOperand: !first.HasSeparator));
        }

        words.Add(DraftWord.Of(Add(new ToolParameter("paths", ParameterKind.Paths, rest) { MayNotBeginWithDash = !first.HasSeparator })));
        return true;
    }

    private ImmutableArray<(string Sign, DraftWord File)> FilesOf(int stage) =>
    [
        .. _examples[0].Unit.Stages[stage].Files.Select((file, at) => (
            file.Sign,
            file.IsFile
                ? Word(stage, [.. _examples.Select(example => example.Unit.Stages[stage].Files[at].Path)], static _ => "file")
                : DraftWord.Fixed(file.Path))),
    ];

    private DraftWord Word(int stage, ImmutableArray<string> values, Func<ParameterKind, string> name, bool isOperand = false)
    {
        if (!_isAsked && values.All(value => value == values[0]))
        {
            return DraftWord.Fixed(values[0]);
        }

        var isPath = _examples.Zip(values).All(pair => _isPath(pair.First, pair.Second));
        if (_isAsked && !isPath && (!_examples[0].Stages[stage].IsSorted || values[0].StartsWith('-')))
        {
            return DraftWord.Fixed(values[0]);
        }

        if (!isPath && !s_whole.Contains(_examples[0].Stages[stage].Program) && Pieces(values) is { } pieces)
        {
            return pieces;
        }

        var kind = isPath ? ParameterKind.Path
            : values.All(static value => value.Length is > 0 and < 10 && value.All(char.IsAsciiDigit) && (value == "0" || value[0] != '0')) ? ParameterKind.Count
            : ParameterKind.Text;
        return DraftWord.Of(Add(new ToolParameter(name(kind), kind, [.. values.Select(static value => ImmutableArray.Create(value))])
        {
            MayNotBeginWithDash = isOperand,
        }));
    }

    // deploy/geo and deploy/rate, geo=x and rate=y: the signs are the same, what stands between them may differ.
    private DraftWord? Pieces(ImmutableArray<string> values)
    {
        if (values.Any(static value => !Simple().IsMatch(value)))
        {
            return null;
        }

        var split = values.Select(static value => Signs().Split(value)).ToArray();
        if (split[0].Length < 3 || split.Any(one => one.Length != split[0].Length)
            || Enumerable.Range(0, split[0].Length / 2).Any(at => split.Any(one => one[(at * 2) + 1] != split[0][(at * 2) + 1])))
        {
            return null;
        }

        var parts = ImmutableArray.CreateBuilder<DraftPart>();
        for (var at = 0; at < split[0].Length; at++)
        {
            ImmutableArray<string> here = [.. split.Select(one => one[at])];
            var isSign = at % 2 == 1;
            var isKind = at == 0 && split[0][1] == "/"; // of deploy/geo, the kind is no argument by itself
            if (isSign || here.All(value => value == here[0]) && (!_isAsked || isKind))
            {
                parts.Add(new DraftPart(here[0], -1));
                continue;
            }

            parts.Add(new DraftPart("", Add(new ToolParameter(
                ParameterNames.OfPiece(at == 0 ? ' ' : split[0][at - 1][0]), ParameterKind.Text, [.. here.Select(static value => ImmutableArray.Create(value))])
            {
                MayNotBeginWithDash = at == 0,
            })));
        }

        return new DraftWord(parts.ToImmutable());
    }

    private int Add(ToolParameter parameter)
    {
        var same = _parameters.FindIndex(parameter.HasValuesOf);
        if (same >= 0)
        {
            _parameters[same] = _parameters[same] with { MayNotBeginWithDash = _parameters[same].MayNotBeginWithDash || parameter.MayNotBeginWithDash };
            return same;
        }

        _parameters.Add(parameter with { Name = ParameterNames.Free(parameter.Name, [.. _parameters.Select(static one => one.Name)]) });
        return _parameters.Count - 1;
    }

    [GeneratedRegex("^[A-Za-z0-9_.:/=@-]+$")]
    private static partial Regex Simple();

    [GeneratedRegex("([=/:@])")]
    private static partial Regex Signs();
}
