//! Expressions: which names they use and how, and in which place their literals stand.

use std::borrow::Cow;

use ruff_python_ast::{
    BoolOp, Comprehension, Expr, ExprAttribute, ExprDict, ExprName, ExprStringLiteral,
    ExprSubscript, InterpolatedStringElement, InterpolatedStringElements, Parameters, StringFlags,
};
use ruff_python_parser::parse_string_annotation;
use ruff_text_size::Ranged;

use super::names::{ChainText, FrameKind, Mention, NameId};
use super::rows::{NO_ROW, Row, UseKind, place};
use super::visitor::{Callee, PendingFlow, Visitor, is_chain, root_of};

/// Quoted annotations longer than this are not read.
const LONGEST_ANNOTATION: usize = 1_000;

/// Where an expression stands, as far as it matters for a literal in it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'e> {
    /// Bits of [`place`].
    pub flags: u32,
    /// The keyword, the dict key or the name that the value goes to.
    pub key: &'e str,
}

/// What an expression inherits from the one around it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'e> {
    pub kind: UseKind,
    pub place: Place<'e>,
    /// The dict row that it is a value of.
    pub dict: Row,
}

const KEYED: u32 = place::KEYWORD | place::DICT_VALUE | place::ASSIGNED;

impl<'e> Context<'e> {
    pub const LOAD: Self = Self::of(UseKind::Load);
    pub const ANNOTATION: Self = Self::of(UseKind::Annotation);

    pub const fn of(kind: UseKind) -> Self {
        Self { kind, place: Place { flags: 0, key: "" }, dict: NO_ROW }
    }

    pub fn assigned_to(target: &'e Expr) -> Self {
        match target {
            Expr::Name(name) => Self::keyed(place::ASSIGNED, &name.id),
            Expr::Attribute(attribute) => Self::keyed(place::ASSIGNED, &attribute.attr),
            _ => Self::LOAD,
        }
    }

    fn keyed(flag: u32, key: &'e str) -> Self {
        Self { place: Place { flags: flag, key }, ..Self::LOAD }
    }

    pub fn with(mut self, flag: u32) -> Self {
        self.place.flags |= flag;
        self
    }

    /// For a part of the same value: an element, a branch.
    pub fn part(self) -> Self {
        Self { dict: NO_ROW, ..self }
    }

    /// For a part of the same value that is no part of a type.
    pub fn value_part(self) -> Self {
        Self { kind: UseKind::Load, dict: NO_ROW, ..self }
    }

    /// The value is not what stands under the key.
    pub fn unkeyed(self) -> Self {
        let flags = self.place.flags & !KEYED;
        Self { place: Place { flags, key: "" }, ..self.value_part() }
    }

    /// The value of a keyword or key inside.
    pub fn under(self, flag: u32, key: &'e str, dict: Row) -> Self {
        let flags = self.place.flags & !(KEYED | place::COMPARED) | flag;
        Self { kind: UseKind::Load, place: Place { flags, key }, dict }
    }
}

impl<'a> Visitor<'a> {
    pub(super) fn expr<'e>(&mut self, expr: &'e Expr, context: Context<'e>) {
        match expr {
            Expr::Name(name) => {
                if !name.id.is_empty() {
                    self.use_chain(name, expr, context.kind);
                }
            }
            Expr::Attribute(attribute) => self.attribute(attribute, expr, context),
            Expr::Call(call) => self.call(call, context),
            Expr::StringLiteral(literal) => {
                if context.kind == UseKind::Annotation {
                    self.quoted_annotation(literal);
                } else {
                    self.on_string_literal(literal, context.place);
                }
            }
            Expr::Subscript(subscript) => self.subscript(subscript, context),
            Expr::Dict(dict) => self.dict(dict, context),
            Expr::Tuple(tuple) => self.exprs(&tuple.elts, context.part()),
            Expr::List(list) => self.exprs(&list.elts, context.part()),
            Expr::Set(set) => self.exprs(&set.elts, context.part()),
            Expr::BinOp(operation) => {
                self.expr(&operation.left, context.part());
                self.expr(&operation.right, context.part());
            }
            Expr::BoolOp(operation) => {
                let mut context = context.value_part();
                for value in &operation.values {
                    self.expr(value, context);
                    if operation.op == BoolOp::Or && self.reads_environment(value) {
                        context = context.with(place::ENV_DEFAULT);
                    }
                }
            }
            Expr::UnaryOp(operation) => self.expr(&operation.operand, context.part()),
            Expr::Compare(compare) => {
                let context = context.unkeyed().with(place::COMPARED);
                self.expr(&compare.left, context);
                self.exprs(&compare.comparators, context);
            }
            Expr::If(choice) => {
                self.expr(&choice.test, Context::LOAD);
                self.expr(&choice.body, context.part());
                self.expr(&choice.orelse, context.part());
            }
            Expr::FString(text) => {
                self.on_interpolated(expr, context.place);
                for part in text.value.f_strings() {
                    self.interpolated(&part.elements);
                }
            }
            Expr::TString(text) => {
                self.on_interpolated(expr, context.place);
                for part in &text.value {
                    self.interpolated(&part.elements);
                }
            }
            Expr::Await(wait) => self.expr(&wait.value, context.part()),
            Expr::Starred(starred) => self.expr(&starred.value, context.part()),
            Expr::Named(named) => {
                self.value_into(&named.target, &named.value);
                self.target(&named.target, super::bindings::What::Value(&named.value));
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.parameter_values(parameters);
                }
                self.frames.open(FrameKind::Function, NO_ROW);
                if let Some(parameters) = &lambda.parameters {
                    self.bind_parameters(parameters);
                }
                self.expr(&lambda.body, Context::LOAD);
                self.frames.close();
            }
            Expr::ListComp(comp) => {
                self.comprehension(&comp.generators, &[&comp.elt], context.value_part());
            }
            Expr::SetComp(comp) => {
                self.comprehension(&comp.generators, &[&comp.elt], context.value_part());
            }
            Expr::Generator(comp) => {
                self.comprehension(&comp.generators, &[&comp.elt], context.value_part());
            }
            Expr::DictComp(comp) => match &comp.key {
                Some(key) => {
                    self.comprehension(&comp.generators, &[key, &comp.value], context.unkeyed());
                }
                None => self.comprehension(&comp.generators, &[&comp.value], context.unkeyed()),
            },
            Expr::Yield(part) => {
                self.frames.binding_frame_mut().generator = true;
                if let Some(value) = &part.value {
                    self.count_result(value);
                    self.expr(value, Context::LOAD);
                }
            }
            Expr::YieldFrom(part) => {
                let frame = self.frames.binding_frame_mut();
                frame.generator = true;
                frame.results += 1;
                self.expr(&part.value, Context::LOAD);
            }
            Expr::Slice(slice) => {
                for bound in [&slice.lower, &slice.upper, &slice.step].into_iter().flatten() {
                    self.expr(bound, Context::LOAD);
                }
            }
            Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
        }
    }

    pub(super) fn exprs<'e>(&mut self, all: &'e [Expr], context: Context<'e>) {
        for expr in all {
            self.expr(expr, context);
        }
    }

    pub(super) fn count_result(&mut self, value: &Expr) {
        if !value.is_none_literal_expr() {
            self.frames.binding_frame_mut().results += 1;
        }
    }

    fn attribute<'e>(&mut self, attribute: &'e ExprAttribute, whole: &Expr, context: Context<'e>) {
        match root_of(whole) {
            Some(root) => self.use_chain(root, whole, context.kind),
            None => self.expr(&attribute.value, context.value_part()),
        }
    }

    /// Notes the use of a name or chain.
    pub(super) fn use_chain(&mut self, root: &ExprName, whole: &Expr, kind: UseKind) {
        if self.frames.is_receiver(&root.id) {
            self.flow = NO_ROW;
            return;
        }
        let id = self.frames.id(&root.id);
        if self.frames.is_local_here(id) {
            self.flow = NO_ROW;
            return;
        }
        let text = self.chain_text(whole);
        self.mention(id, root, whole, text, kind);
    }

    pub(super) fn mention(
        &mut self,
        id: NameId,
        root: &ExprName,
        whole: &Expr,
        text: Cow<'a, str>,
        kind: UseKind,
    ) {
        let flow = std::mem::replace(&mut self.flow, NO_ROW);
        let text = match text {
            Cow::Borrowed(_) => ChainText::Source(whole.range()),
            Cow::Owned(text) => ChainText::Symbol(self.page.sym(&text)),
        };
        let bare = whole.is_name_expr();
        let late = self.stub || kind == UseKind::Annotation;
        let block = self.blocks.current();
        let mention = Mention { text, at: root.start(), kind, block, flow, bare, late };
        self.frames.mention(id, &mention);
    }

    /// The chain as code would write it: the source itself, unless that has white space, parentheses or unusual letters.
    pub(super) fn chain_text(&self, chain: &Expr) -> Cow<'a, str> {
        let written = self.page.slice(chain.range());
        let mut length = 0;
        let mut at = chain;
        let root = loop {
            match at {
                Expr::Attribute(attribute) => {
                    length += attribute.attr.len() + 1;
                    at = &attribute.value;
                }
                Expr::Name(name) => break name.id.as_str(),
                _ => break "",
            }
        };
        if length + root.len() == written.len() && written.is_ascii() {
            return Cow::Borrowed(written);
        }
        let mut names = Vec::new();
        let mut at = chain;
        while let Expr::Attribute(attribute) = at {
            names.push(attribute.attr.as_str());
            at = &attribute.value;
        }
        names.push(root);
        names.reverse();
        Cow::Owned(names.join("."))
    }

    pub(super) fn chain_sym(&mut self, chain: &Expr) -> super::rows::Sym {
        let text = self.chain_text(chain);
        self.page.sym(&text)
    }

    /// Notes that what a chain names, or what a call of it gives, is kept under a name in a function.
    pub(super) fn note_flow(&mut self, targets: &[Expr], value: &Expr) {
        self.flow = NO_ROW;
        if !self.frames.in_function() {
            return;
        }
        let value = match value {
            Expr::Await(wait) => &wait.value,
            _ => value,
        };
        let (chain, call) = match value {
            Expr::Call(call) => (&*call.func, true),
            _ => (value, false),
        };
        if !is_chain(chain) {
            return;
        }
        let first = self.flows.len();
        for target in targets {
            if target.is_name_expr() || self.receiver_attribute(target).is_some() {
                self.flows.push(PendingFlow { target: target.range(), call, more: true });
            }
        }
        if let Some(last) = self.flows[first..].last_mut() {
            last.more = false;
            self.flow = first as u32;
        }
    }

    fn subscript<'e>(&mut self, subscript: &'e ExprSubscript, context: Context<'e>) {
        let kind = match context.kind {
            UseKind::Annotation | UseKind::Base => context.kind,
            _ => UseKind::Load,
        };
        if let Some(root) = root_of(&subscript.value) {
            self.use_chain(root, &subscript.value, kind);
            if subscript.slice.is_string_literal_expr() && kind == UseKind::Load {
                let mut resolved = std::mem::take(&mut self.resolved);
                let id = self.frames.id(&root.id);
                let chain = self.chain_text(&subscript.value);
                let meaning = self.resolve(id, root, &chain, &mut resolved);
                let callee = Callee { chain: &chain, resolved: &resolved, meaning };
                self.on_subscript_load(subscript, callee);
                self.resolved = resolved;
            }
        } else {
            self.expr(&subscript.value, Context { kind, ..context.part() });
        }
        let inside = match context.kind {
            UseKind::Annotation | UseKind::Base => Context::ANNOTATION,
            _ => Context::LOAD,
        };
        match (last_name(&subscript.value), &*subscript.slice) {
            ("Literal", slice) => self.expr(slice, Context::LOAD),
            ("Annotated", Expr::Tuple(parts)) if inside.kind == UseKind::Annotation => {
                for (index, part) in parts.elts.iter().enumerate() {
                    self.expr(part, if index == 0 { inside } else { Context::LOAD });
                }
            }
            (_, slice) => self.expr(slice, inside),
        }
    }

    fn dict<'e>(&mut self, dict: &'e ExprDict, context: Context<'e>) {
        let row = self.on_dict(dict, context);
        for item in &dict.items {
            let value = match &item.key {
                Some(Expr::StringLiteral(key)) => {
                    self.on_string_literal(key, Context::LOAD.place);
                    context.under(place::DICT_VALUE, key.value.to_str(), row)
                }
                Some(key) => {
                    self.expr(key, Context::LOAD);
                    context.unkeyed()
                }
                None => context.unkeyed(),
            };
            self.expr(&item.value, value);
        }
    }

    fn interpolated(&mut self, elements: &InterpolatedStringElements) {
        for element in elements {
            if let InterpolatedStringElement::Interpolation(field) = element {
                self.expr(&field.expression, Context::LOAD);
                if let Some(spec) = &field.format_spec {
                    self.interpolated(&spec.elements);
                }
            }
        }
    }

    fn comprehension<'e>(
        &mut self,
        generators: &'e [Comprehension],
        results: &[&'e Expr],
        context: Context<'e>,
    ) {
        if let Some(first) = generators.first() {
            self.expr(&first.iter, Context::LOAD);
        }
        self.frames.open(FrameKind::Comprehension, NO_ROW);
        for generator in generators {
            self.bind_comprehension_target(&generator.target);
        }
        for (index, generator) in generators.iter().enumerate() {
            if index > 0 {
                self.expr(&generator.iter, Context::LOAD);
            }
            self.exprs(&generator.ifs, Context::LOAD);
        }
        for result in results {
            self.expr(result, context);
        }
        self.frames.close();
    }

    fn bind_comprehension_target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.bind_parameter(&name.id),
            Expr::Tuple(tuple) => {
                for part in &tuple.elts {
                    self.bind_comprehension_target(part);
                }
            }
            Expr::List(list) => {
                for part in &list.elts {
                    self.bind_comprehension_target(part);
                }
            }
            Expr::Starred(starred) => self.bind_comprehension_target(&starred.value),
            other => self.expr(other, Context::LOAD),
        }
    }

    pub(super) fn parameter_values(&mut self, parameters: &Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                let name = parameter.parameter.name.as_str();
                let mut context = Context::LOAD.with(place::PARAM_DEFAULT);
                context.place.key = name;
                self.expr(default, context);
            }
        }
    }

    /// An annotation in quotes: read as the code that it is.
    fn quoted_annotation(&mut self, literal: &ExprStringLiteral) {
        let Some(part) = literal.as_single_part_string() else { return };
        let text = part.as_str();
        let opener = part.flags.opener_len();
        let start = part.start() + opener;
        let written = self.page.source.get(start.to_usize()..start.to_usize() + text.len());
        if text.len() > LONGEST_ANNOTATION || written != Some(text) || !looks_like_a_type(text) {
            return;
        }
        if let Ok(parsed) = parse_string_annotation(self.page.source, part) {
            self.expr(parsed.expr(), Context::ANNOTATION);
        }
    }
}

/// `c` of `a.b.c`; empty when it is no name at all.
pub fn last_name(expr: &Expr) -> &str {
    match expr {
        Expr::Name(name) => &name.id,
        Expr::Attribute(attribute) => &attribute.attr,
        _ => "",
    }
}

fn looks_like_a_type(text: &str) -> bool {
    let starts_a_name = |c: char| c == '_' || c.is_alphabetic();
    text.trim_start().starts_with(starts_a_name)
        && text.chars().all(|c| c.is_alphanumeric() || "_.,[]| '\"\n".contains(c))
}
