// What the panel of the designer reads of an element and writes into it. Every write is one command of the editor, so that it can be undone.
window.tongbanProcess = (function () {
  'use strict';
  // Our namespace: what is listed here is kept where the editor makes, copies or replaces elements.
  var text = function (name) { return { name: name, isAttr: true, type: 'String' }; };
  var descriptor = {
    name: 'Tongban', uri: 'urn:tongban:process', prefix: 'tongban', xml: { tagAlias: 'lowerCase' }, associations: [],
    types: [
      { name: 'Named', extends: ['bpmn:FlowElement', 'bpmn:Process'], properties: [text('en')] },
      { name: 'Step', extends: ['bpmn:Activity'], properties: ['acts', 'whole', 'department', 'limit', 'candidateGroups', 'form'].map(text) },
      { name: 'Work', extends: ['bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:BusinessRuleTask', 'bpmn:ScriptTask'], properties: ['topic', 'decisionRef', 'resultVariable', 'priority'].map(text) },
      { name: 'Message', extends: ['bpmn:Event', 'bpmn:SendTask', 'bpmn:ServiceTask'], properties: ['to', 'case', 'gives'].map(text) },
      { name: 'End', extends: ['bpmn:EndEvent'], properties: [text('result')] },
      { name: 'Call', extends: ['bpmn:CallActivity'], properties: ['calledElementBinding', 'calledElementVersion'].map(text) },
      { name: 'Part', extends: ['bpmn:Process'], properties: [text('part')] },
      { name: 'In', superClass: ['Element'], properties: ['source', 'sourceExpression', 'target', 'variables'].map(text) },
      { name: 'Out', superClass: ['Element'], properties: ['source', 'sourceExpression', 'target', 'variables'].map(text) },
      { name: 'Timer', extends: ['bpmn:TimerEventDefinition'], properties: [text('workingDays')] },
    ],
  };

  function is(element, type) { return element.businessObject.$instanceOf('bpmn:' + type); }

  // ---- roles ----
  // Lanes say who does a step, and mostly have no picture. The editor takes a step that moves out of lanes it cannot see: so roles are kept here
  // and written into the lanes when the document is. Where lanes are drawn, a step names its role itself.
  function processOf(element) {
    var bo = element.businessObject;
    while (bo && bo.$type !== 'bpmn:Process') bo = bo.$parent;
    return bo;
  }
  function lanesOf(process) {
    var all = [];
    ((process && process.get('laneSets')) || []).forEach(function (set) { all = all.concat(set.get('lanes') || []); });
    return all;
  }
  function Roles(eventBus, commandStack, elementRegistry, moddle) {
    var roles = new Map();
    this.of = roles;
    this.drawn = function () { return elementRegistry.filter(function (e) { return e.type === 'bpmn:Lane'; }).length > 0; };
    this.read = function (process) {
      lanesOf(process).forEach(function (lane) { (lane.get('flowNodeRef') || []).forEach(function (bo) { roles.set(bo, lane.name); }); });
    };
    this.write = function (process) {
      var lanes = lanesOf(process), set = (process.get('laneSets') || [])[0];
      if (this.drawn()) return;
      nameInside(process, false);
      lanes.forEach(function (lane) { lane.set('flowNodeRef', []); });
      process.get('flowElements').forEach(function (bo) {
        var role = roles.get(bo), lane = lanes.filter(function (one) { return one.name === role; })[0];
        if (!role) return;
        if (!set) {
          set = moddle.create('bpmn:LaneSet', { id: 'lanes' });
          set.$parent = process;
          process.get('laneSets').push(set);
        }
        if (!lane) {
          lane = moddle.create('bpmn:Lane', { id: 'lane-' + role, name: role });
          lane.$parent = set;
          set.get('lanes').push(lane);
          lanes.push(lane);
        }
        lane.get('flowNodeRef').push(bo);
      });
    };
    // The lanes of a process hold what stands in it; a step in a part of it names its role itself.
    function nameInside(container, inside) {
      container.get('flowElements').forEach(function (bo) {
        if (inside && roles.get(bo)) bo.set('tongban:candidateGroups', roles.get(bo));
        if (bo.$instanceOf('bpmn:SubProcess')) nameInside(bo, true);
      });
    }
    eventBus.on('commandStack.shape.replace.postExecute', function (e) {
      var from = e.context.oldShape, to = e.context.newShape;
      if (from && to && roles.get(from.businessObject)) roles.set(to.businessObject, roles.get(from.businessObject));
    });
    function SetRole() {}
    SetRole.prototype.execute = function (context) {
      var bo = context.element.businessObject;
      context.before = { role: roles.get(bo), groups: bo.get('tongban:candidateGroups') };
      roles.set(bo, context.role);
      bo.set('tongban:candidateGroups', context.named ? context.role || undefined : undefined);
      return [context.element];
    };
    SetRole.prototype.revert = function (context) {
      var bo = context.element.businessObject;
      roles.set(bo, context.before.role);
      bo.set('tongban:candidateGroups', context.before.groups);
      return [context.element];
    };
    commandStack.registerHandler('tongban.role', SetRole);
  }
  Roles.$inject = ['eventBus', 'commandStack', 'elementRegistry', 'moddle'];

  // A new step is a review until somebody says otherwise.
  function begin(shape, roles) {
    roles.of.set(shape.businessObject, 'reviewer');
    if (roles.drawn()) shape.businessObject.set('tongban:candidateGroups', 'reviewer');
    shape.businessObject.set('tongban:acts', 'pass send_back special_procedure extension');
  }

  // ---- palette and context pad: what a process of cases is made of ----
  function Tools(palette, contextPad, popupMenu, create, elementFactory, translate, autoPlace, roles) {
    this.make = function (type, more) {
      var shape = elementFactory.createShape(Object.assign({ type: 'bpmn:' + type }, more));
      if (type === 'UserTask') begin(shape, roles);
      return shape;
    };
    this.create = create;
    this.translate = translate;
    this.autoPlace = autoPlace;
    palette.registerProvider(400, this);
    contextPad.registerProvider(400, this);
    popupMenu.registerProvider('bpmn-replace', 400, this);
  }
  Tools.$inject = ['palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'translate', 'autoPlace', 'tongbanRoles'];
  Tools.prototype.entry = function (group, icon, title, type, more) {
    var tools = this;
    function begin(event) { tools.create.start(event, tools.make(type, more)); }
    return { group: group, className: 'bpmn-icon-' + icon, title: this.translate(title), action: { dragstart: begin, click: begin } };
  };
  Tools.prototype.getPaletteEntries = function () {
    var tools = this;
    return function (entries) {
      ['create.data-object', 'create.data-store', 'create.participant-expanded', 'create.group'].forEach(function (id) { delete entries[id]; });
      entries['create.task'] = tools.entry('activity', 'user-task', 'Create task', 'UserTask');
      entries['create.rule'] = tools.entry('activity', 'business-rule-task', 'Create rule', 'BusinessRuleTask');
      entries['create.parallel'] = tools.entry('gateway', 'gateway-parallel', 'Create parallel gateway', 'ParallelGateway');
      entries['create.timer'] = tools.entry('event', 'intermediate-event-catch-timer', 'Create timer', 'IntermediateCatchEvent', { eventDefinitionType: 'bpmn:TimerEventDefinition' });
      return entries;
    };
  };
  Tools.prototype.getContextPadEntries = function (element) {
    var tools = this;
    return function (entries) {
      ['append.text-annotation', 'append.receive-task', 'append.condition-intermediate-event', 'lane-divide-two', 'lane-divide-three'].forEach(function (id) { delete entries[id]; });
      if (entries['append.append-task']) {
        entries['append.append-task'] = {
          group: 'model', className: 'bpmn-icon-user-task', title: tools.translate('Append user task'),
          action: {
            click: function () { tools.autoPlace.append(element, tools.make('UserTask')); },
            dragstart: function (event) { tools.create.start(event, tools.make('UserTask'), { source: element }); },
          },
        };
      }
      return entries;
    };
  };
  // What this program does not do in a case is not offered: cases begin with an application and nothing else, an error that leaves the process itself has
  // nobody to catch it, and people report neither errors nor escalations.
  var never = /ad-hoc|transaction|conditional-start|complex|participant|data-|instantiate|link-|compensation|cancel|^toggle-loop$|^replace-with-task$|collapsed/;
  function isPersons(element) { return !!element && (is(element, 'UserTask') || is(element, 'ManualTask')); }
  function hasNoUse(element, id) {
    var around = element.businessObject.$parent, inside = !!around && around.$instanceOf('bpmn:SubProcess');
    if (/(message|timer|signal)-start$/.test(id)) return !(inside && around.triggeredByEvent);
    if (/error-end$/.test(id)) return !inside;
    return isPersons(element.host) && /(error|escalation)-boundary$/.test(id);
  }
  Tools.prototype.getPopupMenuEntries = function (element) {
    return function (entries) {
      Object.keys(entries).forEach(function (id) { if (never.test(id) || (element.businessObject && hasNoUse(element, id))) delete entries[id]; });
      return entries;
    };
  };
  Tools.prototype.getPopupMenuHeaderEntries = Tools.prototype.getPopupMenuEntries;

  // ---- what events are about ----
  // Signals, errors, escalations and messages stand beside the process, and events refer to them. The panel knows their names alone: what has the name is
  // referred to, else it is made; what was made here and nothing refers to any more goes again.
  var kinds = {
    signal: { definition: 'SignalEventDefinition', property: 'signalRef', type: 'Signal', code: 'name' },
    error: { definition: 'ErrorEventDefinition', property: 'errorRef', type: 'Error', code: 'errorCode' },
    escalation: { definition: 'EscalationEventDefinition', property: 'escalationRef', type: 'Escalation', code: 'escalationCode' },
    message: { definition: 'MessageEventDefinition', property: 'messageRef', type: 'Message', code: 'name' },
  };
  function definitionOf(element, type) {
    return (element.businessObject.eventDefinitions || []).filter(function (d) { return d.$type === 'bpmn:' + type; })[0];
  }
  function References(commandStack, moddle, canvas, elementRegistry) {
    var made = [];
    function holder(element, kind) {
      return kind === kinds.message && (is(element, 'SendTask') || is(element, 'ReceiveTask')) ? element.businessObject : definitionOf(element, kind.definition);
    }
    function all() {
      var bo = canvas.getRootElement().businessObject;
      while (bo.$parent) bo = bo.$parent;
      return bo.get('rootElements');
    }
    function nameOf(one, kind) { return (one && (one.get(kind.code) || one.name || one.id)) || ''; }
    function isReferred(one, kind) {
      return elementRegistry.filter(function (e) { return e.businessObject && holder(e, kind) && holder(e, kind).get(kind.property) === one; }).length > 0;
    }
    this.has = function (element, name) { return !!holder(element, kinds[name]); };
    this.get = function (element, name) {
      var at = holder(element, kinds[name]);
      return at ? nameOf(at.get(kinds[name].property), kinds[name]) : '';
    };
    this.names = function (name) {
      return all().filter(function (one) { return one.$type === 'bpmn:' + kinds[name].type; }).map(function (one) { return nameOf(one, kinds[name]); });
    };
    this.set = function (element, name, value) { commandStack.execute('tongban.refer', { element: element, kind: kinds[name], name: value }); };
    function Refer() {}
    Refer.prototype.execute = function (context) {
      var kind = context.kind, at = holder(context.element, kind), list = all(), old = at.get(kind.property);
      context.before = { one: old, list: list.slice() };
      if (!context.one && context.name) {
        context.one = list.filter(function (one) { return one.$type === 'bpmn:' + kind.type && nameOf(one, kind) === context.name; })[0];
        if (!context.one) {
          context.one = moddle.create('bpmn:' + kind.type, { id: moddle.ids.nextPrefixed(kind.type + '_', {}), name: context.name });
          context.one.set(kind.code, context.name);
          context.one.$parent = canvas.getRootElement().businessObject.$parent;
          made.push(context.one);
        }
      }
      if (context.one && list.indexOf(context.one) < 0) list.push(context.one);
      at.set(kind.property, context.one);
      if (old && made.indexOf(old) >= 0 && !isReferred(old, kind)) list.splice(list.indexOf(old), 1);
      return [context.element];
    };
    Refer.prototype.revert = function (context) {
      var list = all();
      holder(context.element, context.kind).set(context.kind.property, context.before.one);
      list.splice.apply(list, [0, list.length].concat(context.before.list));
      return [context.element];
    };
    commandStack.registerHandler('tongban.refer', Refer);
  }
  References.$inject = ['commandStack', 'moddle', 'canvas', 'elementRegistry'];

  var module = {
    __init__: ['tongbanRoles', 'tongbanTools', 'tongbanReferences'],
    tongbanRoles: ['type', Roles],
    tongbanTools: ['type', Tools],
    tongbanReferences: ['type', References],
  };

  // ---- times ----
  // What a timer says, as far as the panel has fields for it: {clock, wait, unit, times, date, text}.
  function readTime(timer) {
    var form = ['timeDuration', 'timeDate', 'timeCycle'].filter(function (f) { return timer[f]; })[0], text = form && timer[form].body ? timer[form].body.trim() : '';
    var span = /^(?:R(\d*)\/)?P(?:(\d+)D|T(\d+)([HM]))$/.exec(text), plain = /^\d+$/.test(text) && timer.get('tongban:workingDays') === 'true';
    var date = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::00)?(?:\+08:00)?)?$/.exec(text);
    var time = { clock: 'own', form: form || 'timeDuration', wait: '', unit: 'D', times: '', date: '', text: text };
    if (!text || plain) return Object.assign(time, { clock: 'after', wait: text });
    if (span) return Object.assign(time, { clock: /^R/.test(text) ? 'again' : 'after', wait: span[2] || span[3], unit: span[4] || 'D', times: span[1] || '' });
    return date ? Object.assign(time, { clock: 'date', date: date[1] + 'T' + (date[2] || '00:00') }) : time;
  }
  // [attribute, text]; no text: it says nothing yet.
  function writeTime(time) {
    var span = time.wait ? 'P' + (time.unit === 'D' ? '' : 'T') + time.wait + time.unit : '';
    if (time.clock === 'after') return ['timeDuration', span];
    if (time.clock === 'again') return ['timeCycle', span && 'R' + time.times + '/' + span];
    return time.clock === 'date' ? ['timeDate', time.date && time.date + ':00+08:00'] : [time.form, time.text];
  }
  function inAMonth() { return new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10) + 'T09:00'; }

  // ---- reading and writing ----
  function Facts(modeler) {
    var modeling = modeler.get('modeling'), moddle = modeler.get('moddle'), stack = modeler.get('commandStack'), roles = modeler.get('tongbanRoles'), references = modeler.get('tongbanReferences');
    var own = new WeakSet(); // expressions that shall be shown as they stand, also where the panel has a field for what they say
    roles.read(processOf(modeler.get('canvas').getRootElement()));
    function feel(body) { return body ? moddle.create('bpmn:FormalExpression', { body: body }) : undefined; }
    function attribute(name) {
      return {
        get: function (e) { return e.businessObject.get('tongban:' + name) || ''; },
        set: function (e, value) { var o = {}; o['tongban:' + name] = value || undefined; modeling.updateProperties(e, o); },
      };
    }
    function yes(name) {
      var plain = attribute(name);
      return { get: function (e) { return plain.get(e) === 'true'; }, set: function (e, on) { plain.set(e, on ? 'true' : ''); } };
    }
    function loopOf(e) { return e.businessObject.loopCharacteristics; }
    function bodyOf(x) { return x && x.body ? x.body : ''; }
    function timerOf(e) { return definitionOf(e, 'TimerEventDefinition'); }
    function isWorking(e) { return timerOf(e).get('tongban:workingDays') === 'true'; }
    function timeOf(e) {
      var time = readTime(timerOf(e));
      return own.has(timerOf(e)) ? Object.assign(time, { clock: 'own' }) : time;
    }
    function setTime(e, change, working) {
      var time = Object.assign(timeOf(e), change), written = writeTime(time), o = { timeDuration: undefined, timeDate: undefined, timeCycle: undefined };
      o[written[0]] = feel(written[1]);
      o['tongban:workingDays'] = (working === undefined ? isWorking(e) : working) && (time.clock === 'own' || (time.clock === 'after' && time.unit === 'D')) ? 'true' : undefined;
      modeling.updateModdleProperties(e, timerOf(e), o);
    }
    function ofTime(name) {
      return { get: function (e) { return timeOf(e)[name]; }, set: function (e, v) { var o = {}; o[name] = v; setTime(e, o); } };
    }
    function setClock(e, clock) {
      var time = timeOf(e);
      own[clock === 'own' ? 'add' : 'delete'](timerOf(e));
      setTime(e, { clock: clock, wait: time.wait || (clock === 'again' ? '1' : ''), date: time.date || inAMonth() });
    }
    function named(name) {
      return { get: function (e) { return references.get(e, name); }, set: function (e, v) { references.set(e, name, v); } };
    }
    // How many signatures are enough, where the condition says nothing else; '' otherwise.
    function enoughOf(e) {
      var m = loopOf(e) && /^numberOfCompletedInstances\s*>=\s*(\d+)$/.exec(bodyOf(loopOf(e).completionCondition).trim());
      return m ? m[1] : '';
    }
    function setCompletion(e, body) { modeling.updateModdleProperties(e, loopOf(e), { completionCondition: feel(body) }); }
    function conditionOf(e) { return bodyOf(e.businessObject.conditionExpression); }
    function setCondition(e, body) {
      var source = e.source, bo = e.businessObject;
      if (source && source.businessObject.default === bo) modeling.updateProperties(source, { default: undefined });
      modeling.updateProperties(e, { conditionExpression: feel(body) });
    }
    // Engines of the Camunda family write the same in a namespace of their own.
    function mapsIn(e) {
      var extension = e.businessObject.get('extensionElements');
      return ((extension && extension.get('values')) || []).filter(function (v) { return /:(in|out)$/i.test(v.$type) && !/^bpmn:/.test(v.$type); });
    }
    function wayOf(v) { return /:in$/i.test(v.$type) ? 'in' : 'out'; }
    function word(v, name) { return (v.get ? v.get(name) : v[name]) || v[name] || ''; }
    function readMaps(e, way) {
      return mapsIn(e).filter(function (v) { return wayOf(v) === way; }).map(function (v) {
        return [word(v, 'variables') === 'all' ? '*' : word(v, 'sourceExpression') ? '= ' + word(v, 'sourceExpression') : word(v, 'source'), word(v, 'target')];
      });
    }
    function writeMaps(e, way, rows) {
      var bo = e.businessObject, extension = bo.get('extensionElements') || moddle.create('bpmn:ExtensionElements', { values: [] });
      var own = mapsIn(e), other = (extension.get('values') || []).filter(function (v) { return own.indexOf(v) < 0; });
      var made = rows.map(function (row) {
        var from = row[0], all = from === '*', expression = from.charAt(0) === '=';
        var v = moddle.create(way === 'in' ? 'tongban:In' : 'tongban:Out', {
          source: all || expression ? undefined : from || undefined, sourceExpression: expression ? from.slice(1).trim() : undefined,
          target: all ? undefined : row[1] || undefined, variables: all ? 'all' : undefined,
        });
        v.$parent = extension;
        return v;
      });
      var values = other.concat(way === 'in' ? made : own.filter(function (v) { return wayOf(v) === 'in'; }), way === 'out' ? made : own.filter(function (v) { return wayOf(v) === 'out'; }));
      extension.$parent = bo;
      if (bo.get('extensionElements')) modeling.updateModdleProperties(e, extension, { values: values });
      else { extension.set('values', values); modeling.updateProperties(e, { extensionElements: extension }); }
      if (!values.length) modeling.updateProperties(e, { extensionElements: undefined });
    }
    var facts = {
      'p-name': { get: function (e) { return e.businessObject.name || ''; }, set: function (e, v) { modeling.updateProperties(e, { name: v || undefined }); } },
      'p-en': attribute('en'),
      'p-role': {
        get: function (e) { return e.businessObject.get('tongban:candidateGroups') || roles.of.get(e.businessObject) || ''; },
        set: function (e, v) { stack.execute('tongban.role', { element: e, role: v, named: roles.drawn() || !processOf(e) }); },
      },
      'p-department': attribute('department'),
      'p-limit': attribute('limit'),
      'p-acts': {
        get: function (e) { return attribute('acts').get(e).split(/\s+/).filter(Boolean); },
        set: function (e, list) { attribute('acts').set(e, list.join(' ')); },
      },
      'p-form': attribute('form'),
      'p-called': {
        get: function (e) { return e.businessObject.calledElement || ''; },
        set: function (e, v) { modeling.updateProperties(e, { calledElement: v || undefined }); },
      },
      'p-version': {
        get: attribute('calledElementVersion').get,
        set: function (e, v) { modeling.updateProperties(e, { 'tongban:calledElementBinding': v ? 'version' : undefined, 'tongban:calledElementVersion': v || undefined }); },
      },
      'p-part': yes('part'),
      // What a call is given and gives back, as the tables of the panel write it: [from, to].
      maps: { get: readMaps, set: writeMaps },
      'p-whole': yes('whole'),
      'p-signers': {
        get: function (e) { return loopOf(e) ? bodyOf(loopOf(e).loopCardinality) : ''; },
        set: function (e, v) { modeling.updateModdleProperties(e, loopOf(e), { loopCardinality: feel(v) }); },
      },
      'p-enough': {
        get: function (e) {
          var c = loopOf(e) ? bodyOf(loopOf(e).completionCondition) : '', n = enoughOf(e);
          return !c ? 'all' : !n || own.has(loopOf(e)) ? 'own' : n === '1' ? 'one' : 'some';
        },
        set: function (e, v) {
          var now = bodyOf(loopOf(e).completionCondition), n = enoughOf(e);
          own[v === 'own' ? 'add' : 'delete'](loopOf(e));
          setCompletion(e, v === 'one' ? 'numberOfCompletedInstances >= 1' : v === 'own' ? now || 'numberOfCompletedInstances >= 2' : v === 'some' ? 'numberOfCompletedInstances >= ' + (n > 1 ? n : 2) : '');
        },
      },
      'p-count': { get: enoughOf, set: function (e, v) { setCompletion(e, v ? 'numberOfCompletedInstances >= ' + v : ''); } },
      'p-completion': { get: function (e) { return loopOf(e) ? bodyOf(loopOf(e).completionCondition) : ''; }, set: setCompletion },
      'p-decision': attribute('decisionRef'),
      'p-variable': attribute('resultVariable'),
      'p-topic': attribute('topic'),
      'p-gives': attribute('gives'),
      'p-to': attribute('to'),
      'p-case': attribute('case'),
      'p-result': attribute('result'),
      'p-clock': { get: function (e) { return timeOf(e).clock; }, set: setClock },
      'p-wait': ofTime('wait'),
      'p-unit': ofTime('unit'),
      'p-times': ofTime('times'),
      'p-date': ofTime('date'),
      'p-time': ofTime('text'),
      'p-working': { get: isWorking, set: function (e, on) { setTime(e, {}, on); } },
      'p-signal': named('signal'),
      'p-heard': attribute('to'),
      'p-error': named('error'),
      'p-escalation': named('escalation'),
      'p-message': named('message'),
      'p-stops': { get: function (e) { return e.businessObject.cancelActivity !== false; }, set: function (e, on) { modeling.updateProperties(e, { cancelActivity: on }); } },
      'p-when': {
        get: function (e) {
          var c = conditionOf(e), m = /^outcome\s*=\s*"([a-z_]+)"$/.exec(c.trim()), said = /^opinions\.(\w+)\s*=\s*"([a-z_]+)"$/.exec(c.trim());
          if (said) return 'opinion:' + said[1] + ':' + said[2];
          if (e.source && e.source.businessObject.default === e.businessObject) return 'default';
          return !c ? 'always' : m ? 'act:' + m[1] : /^organisation(\s*=\s*true)?$/.test(c) ? 'organisation' : /^not\(organisation\)$/.test(c) ? 'person' : 'own';
        },
        set: function (e, v) {
          if (v === 'default') {
            modeling.updateProperties(e, { conditionExpression: undefined });
            modeling.updateProperties(e.source, { default: e.businessObject });
          } else if (v.slice(0, 8) === 'opinion:') setCondition(e, 'opinions.' + v.split(':')[1] + ' = "' + v.split(':')[2] + '"');
          else setCondition(e, v === 'always' ? '' : v === 'organisation' ? 'organisation' : v === 'person' ? 'not(organisation)' : v === 'own' ? conditionOf(e) || 'outcome = "pass"' : 'outcome = "' + v.slice(4) + '"');
        },
      },
      'p-condition': { get: conditionOf, set: setCondition },
    };
    // Steps of other departments, whose opinions ways may depend on. FEEL reads only plain names.
    facts.asked = function () {
      return modeler.get('elementRegistry').filter(function (e) { return !e.labelTarget && e.businessObject && is(e, 'UserTask') && facts['p-department'].get(e) && /^\w+$/.test(e.id); });
    };
    facts.writeRoles = function () {
      var root = processOf(modeler.get('canvas').getRootElement());
      if (root) roles.write(root);
    };
    // Which groups of the panel an element has.
    facts.groups = function (e) {
      var groups = ['words'], timer = timerOf(e);
      if (is(e, 'UserTask') || is(e, 'ManualTask')) groups.push('step');
      if (loopOf(e) && loopOf(e).$type === 'bpmn:MultiInstanceLoopCharacteristics') groups.push('several');
      if (is(e, 'BusinessRuleTask')) groups.push('rule');
      if (is(e, 'ServiceTask')) groups.push('service');
      if (is(e, 'CallActivity')) groups.push('call');
      if (is(e, 'Process')) groups.push('process');
      if (is(e, 'SendTask') || (is(e, 'ThrowEvent') && (e.businessObject.eventDefinitions || []).some(function (d) { return d.$type === 'bpmn:MessageEventDefinition'; }))) groups.push('message');
      if (is(e, 'EndEvent') && e.parent && is(e.parent, 'Process')) groups.push('end');
      if (timer) groups.push('timer');
      Object.keys(kinds).forEach(function (name) { if (references.has(e, name)) groups.push(name === 'message' ? 'named' : name); });
      if (is(e, 'BoundaryEvent') && !references.has(e, 'error')) groups.push('edge');
      if (is(e, 'SequenceFlow') && e.source && ((e.source.outgoing || []).length > 1 || conditionOf(e))) groups.push('flow');
      return groups;
    };
    // A value of an attribute that the panel does not know is kept and shown as it is.
    // Fields that hang on what another one says: whether each is wanted now.
    facts.hanging = function (e, groups) {
      var time = groups.indexOf('timer') >= 0 ? timeOf(e) : {}, enough = facts['p-enough'].get(e), span = time.clock === 'after' || time.clock === 'again';
      return {
        // The answer about acceptance has the day that the person is told; who applies is not timed.
        'p-limit': groups.indexOf('step') >= 0 && (!!facts['p-limit'].get(e) || (facts['p-role'].get(e) !== 'applicant' && facts['p-acts'].get(e).indexOf('accept') < 0)),
        'p-heard': groups.indexOf('signal') >= 0 && is(e, 'ThrowEvent'),
        'p-case': groups.indexOf('message') >= 0 && facts['p-to'].get(e) === 'case',
        'p-completion': enough === 'own', 'p-count': enough === 'some',
        'p-condition': groups.indexOf('flow') >= 0 && facts['p-when'].get(e) === 'own',
        'p-wait': span, 'p-unit': span, 'p-working': time.clock === 'after' && time.unit === 'D', 'p-times': time.clock === 'again',
        'p-date': time.clock === 'date', 'p-time': time.clock === 'own',
      };
    };
    facts.namesOf = function (group) { return references.names(group === 'named' ? 'message' : group); };
    // ---- what can be added without the mouse ----
    var makes = {
      step: function () { return step(true); },
      service: { type: 'ServiceTask' },
      part: { type: 'SubProcess', isExpanded: true },
      split: { type: 'ParallelGateway' },
      choice: { type: 'ExclusiveGateway' },
      timer: { type: 'IntermediateCatchEvent', eventDefinitionType: 'bpmn:TimerEventDefinition' },
      catch: { type: 'IntermediateCatchEvent', eventDefinitionType: 'bpmn:SignalEventDefinition' },
      throw: { type: 'IntermediateThrowEvent', eventDefinitionType: 'bpmn:SignalEventDefinition' },
      raise: { type: 'IntermediateThrowEvent', eventDefinitionType: 'bpmn:EscalationEventDefinition' },
      end: { type: 'EndEvent' },
    };
    function create(more) { return modeler.get('elementFactory').createShape(Object.assign({}, more, { type: 'bpmn:' + more.type })); }
    function step(several) {
      var shape = create({ type: 'UserTask' }), loop;
      begin(shape, roles);
      if (several) {
        loop = moddle.create('bpmn:MultiInstanceLoopCharacteristics', { loopCardinality: feel('2') });
        loop.loopCardinality.$parent = loop;
        loop.$parent = shape.businessObject;
        shape.businessObject.set('loopCharacteristics', loop);
        shape.businessObject.set('tongban:acts', 'agree disagree');
      }
      return shape;
    }
    facts.attach = function (e, name) {
      var type = 'bpmn:' + { timer: 'Timer', error: 'Error', escalation: 'Escalation', signal: 'Signal' }[name] + 'EventDefinition', taken = e.attachers.length;
      var shape = create({ type: 'BoundaryEvent', eventDefinitionType: type });
      return modeling.createShape(shape, { x: e.x + e.width - 20 - (taken * 40) % Math.max(e.width - 20, 1), y: e.y + e.height }, e, { attach: true });
    };
    facts.mayAttach = function (e, name) { return is(e, 'Activity') && !(isPersons(e) && /error|escalation/.test(name)); };
    facts.mayFollow = function (e) { return is(e, 'SequenceFlow') || (is(e, 'FlowNode') && !is(e, 'EndEvent') && !e.businessObject.triggeredByEvent); };
    facts.addBehind = function (e, name) {
      var shape = typeof makes[name] === 'function' ? makes[name]() : create(makes[name]), made;
      if (name === 'end' && is(e, 'SequenceFlow')) return null;
      // Behind a gateway it is one more way; into a way that is there it goes where that way is chosen.
      if (name === 'end' || is(e, 'Gateway')) made = modeler.get('autoPlace').append(e, shape);
      else made = facts.insertBehind(e, shape);
      if (name === 'part') modeling.createShape(create({ type: 'StartEvent' }), { x: made.x + made.width / 6, y: made.y + made.height / 2 }, made);
      return made;
    };
    facts.waysFrom = function (e) {
      if (!is(e, 'FlowNode')) return [];
      return modeler.get('elementRegistry').filter(function (to) {
        if (to.labelTarget || to === e || to.parent !== e.parent || !to.businessObject || !is(to, 'FlowNode')) return false;
        if ((e.outgoing || []).some(function (flow) { return flow.target === to; })) return false;
        var may = modeler.get('rules').allowed('connection.create', { source: e, target: to });
        return !!may && may.type === 'bpmn:SequenceFlow';
      });
    };
    facts.leadTo = function (e, id) { return modeling.connect(e, modeler.get('elementRegistry').get(id)); };
    facts.insertBehind = function (e, shape) {
      var flow = (e.outgoing || [])[0];
      if (!shape) shape = step();
      if (is(e, 'SequenceFlow')) flow = e;
      if (!flow) return modeler.get('autoPlace').append(e, shape);
      var target = flow.target, start = target.x - 20, gap = target.x - flow.source.x - flow.source.width, dx = shape.width + 60 + Math.max(0, 20 - gap);
      var behind = function (one) { return !one.waypoints && one.parent === target.parent && one.x >= start; };
      var moved = modeler.get('elementRegistry').filter(function (one) { return one.labelTarget && !one.labelTarget.waypoints ? behind(one.labelTarget) : behind(one); });
      modeling.createSpace(moved, [], { x: dx, y: 0 }, 'e', start);
      var from = flow.source, x = (from.x + from.width + flow.target.x) / 2, y = from.y + from.height / 2;
      var last = flow.waypoints[flow.waypoints.length - 1];
      if (Math.abs(last.y - y) > 5) y = last.y;
      return modeling.createShape(shape, { x: x, y: y }, flow);
    };
    return facts;
  }

  return { descriptor: descriptor, module: module, Facts: Facts, is: is };
}());
