using System.Collections.Immutable;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Rules.Touching;

/// <summary>What is found of a line beside the files that it touches.</summary>
internal sealed class LineVerdict
{
    private readonly List<string> _names = [];
    private readonly List<KnownEffect> _effects = [];
    private bool _needsMoreThanFetching;

    /// <summary>Why it cannot be tried; null: it can.</summary>
    internal string? Opaque { get; private set; }

    /// <summary>Why what it touches is not known before it runs; null: it is.</summary>
    internal string? Unseen { get; private set; }

    /// <summary>Whether everything that is not known fetches into files.</summary>
    internal bool OnlyFetches => Unseen is not null && !_needsMoreThanFetching;

    internal bool IsLive { get; private set; }

    internal bool AsksNetwork { get; private set; }

    /// <summary>Why nothing takes it back; null: something does.</summary>
    internal string? Irreversible { get; private set; }

    /// <summary>The commands, each once.</summary>
    internal ImmutableArray<string> Names => [.. _names];

    internal ImmutableArray<KnownEffect> Effects => [.. _effects];

    internal void SayOpaque(string reason) => Opaque ??= reason;

    internal void SayUnseen(string reason, bool fetches = false)
    {
        Unseen ??= reason;
        _needsMoreThanFetching |= !fetches;
    }

    internal void SayLive() => IsLive = true;

    /// <summary>It asks the network for what is known by an object's id.</summary>
    internal void SayNeedsNetwork() => AsksNetwork = true;

    internal void SayAsksNetwork() => (AsksNetwork, IsLive) = (true, true);

    internal void SayIrreversible(string reason) => Irreversible ??= reason;

    internal void SayName(string name)
    {
        if (!_names.Contains(name))
        {
            _names.Add(name);
        }
    }

    internal void SayEffect(KnownEffect effect) => _effects.Add(effect);
}
